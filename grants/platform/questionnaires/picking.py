"""Answers picked from earlier ones: what can be picked, for the answers given so far.

A form is bound to its answers before it is read or drawn. The rows of a table are told apart by the
number in the names of their inputs, which no other row ever gets; rows of the call's own by their
code; a section that is repeated by its place.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.texts.marks import spaced
from grants.platform.questionnaires.form import Form, Section
from grants.platform.questionnaires.places import FormFault
from grants.platform.questionnaires.repeated import another_key
from grants.platform.questions import (
    Country,
    LongText,
    OneOf,
    Organisation,
    Person,
    Picked,
    Question,
    Rows,
    ShortText,
    Table,
)
from grants.platform.questions.picked import Offer, picks_in
from grants.platform.questions.reading import Typed

NAMING = (ShortText, LongText, Organisation, Person, Country, OneOf)
"""Questions whose answers can name a row."""


@dataclass(frozen=True, slots=True)
class Source:
    """What can be picked from: a table, or a section that is repeated."""

    key: str
    title: str
    table: Rows | None
    naming: Sequence[Question]
    """The columns or questions that can name a row."""

    @property
    def has_own_rows(self) -> bool:
        return isinstance(self.table, Table) and bool(self.table.fixed_rows)

    @property
    def names(self) -> list[tuple[str, str]]:
        """Each way to pick from it: what `Picked.source` says, and what makers of forms read."""
        if self.has_own_rows:
            return [(self.key, self.title)]
        return [
            (f"{self.key}/{part.key}", spaced(":").join((self.title, part.english_title)))
            for part in self.naming
        ]


def sources_before(form: Form, section: str, question: str = "") -> list[Source]:
    """What a question of this section can be picked from; without one, a new question at its end.
    Within a section that is repeated, its own tables too.
    """
    sources: list[Source] = []
    for part in form.sections:
        is_home = part.key == section
        for item in part.questions if is_home or not part.is_repeated else ():
            if is_home and item.key == question:
                return sources
            if isinstance(item, Rows):
                columns = [column for column in item.row if isinstance(column, NAMING)]
                sources.append(Source(item.key, item.title or item.english_title, item, columns))
        if is_home:
            return sources
        if part.is_repeated:
            questions = [item for item in part.questions if isinstance(item, NAMING)]
            sources.append(Source(part.key, part.name, None, questions))
    return sources


def pick_faults(form: Form) -> Iterator[FormFault]:
    """Questions that are picked from what is not there, or comes later."""
    for section in form.sections:
        for question in section.questions:
            picks = [pick for pick in picks_in(question) if pick.source]
            names = {
                name
                for source in (sources_before(form, section.key, question.key) if picks else ())
                for name, _label in source.names
            }
            for pick in picks:
                if pick.source not in names:
                    message = _(
                        "choose again the earlier answers from which “%(name)s” is "
                        "picked: the table or repeated section must come before it "
                        "and have a column that names its rows",
                        name=pick.english_title,
                    )
                    yield FormFault(question.key, question.english_title, message, question.anchor)


def with_picks(form: Form, typed: Typed) -> Form:
    """The form, whose picked questions offer what was answered earlier; `typed` is what was typed
    in all of its sections.
    """
    picks = [(item, pick) for item in form.items for pick in picks_in(item)]
    if not picks:
        return form
    answered = _Answered({pick.source: [*_offers(form, pick, typed)] for _item, pick in picks})
    for item, pick in picks:
        answered.look_for_gone(pick.source, _codes_typed(item, pick, typed))
    answered.titles = {source: _title_of(form, source) for source in answered.offers}
    return replace(form, sections=tuple(map(answered.in_section, form.sections)))


def offers_in(section: Section) -> dict[str, list[tuple[str, str]]]:
    """What can be picked at this moment from the tables of the section itself, by the source: code
    and words of each row.
    """
    picks = (pick for question in section.questions for pick in picks_in(question))
    return {
        pick.source: [(offer.code, offer.label) for offer in pick.offers if not offer.gone]
        for pick in picks
        if pick.beside
    }


@dataclass
class _Answered:
    """What each source offers, and from which number on its table may have new rows."""

    offers: dict[str, list[Offer]]
    first_free: dict[str, int] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)

    def look_for_gone(self, source: str, codes: set[str]) -> None:
        """Rows that were picked and are no longer there: no new row gets their number."""
        offers, key = self.offers[source], source.partition("/")[0]
        for code in sorted(codes - {offer.code for offer in offers}):
            offers.append(Offer(code, _("(no longer there)"), gone=True))
            if code.isdecimal():
                self.first_free[key] = max(int(code) + 1, self.first_free.get(key, 0))

    def in_section(self, section: Section, keys: Collection[str] = ()) -> Section:
        """A section with what its answers say of it; `keys` are of the page on which it stands."""
        keys = keys or {question.key for question in section.questions}
        return replace(
            section,
            questions=tuple(self._bound(question, keys) for question in section.questions),
            parts=tuple(self.in_section(part, keys) for part in section.parts),
        )

    def _bound(self, item: Question, keys: Collection[str]) -> Question:
        """A question of the form with what its answers say of it."""
        if isinstance(item, Rows) and item.key in self.first_free:
            item = replace(item, first_free=self.first_free[item.key])
        if isinstance(item, Table) and picks_in(item):
            return replace(item, columns=tuple(self._with_offers(c, keys) for c in item.columns))
        return self._with_offers(item, keys)

    def _with_offers(self, pick: Question, keys: Collection[str]) -> Question:
        if not isinstance(pick, Picked):
            return pick
        offers = tuple(self.offers[pick.source])
        beside = pick.source_key in keys
        title = self.titles[pick.source]
        return replace(pick, offers=offers, source_title=title, beside=beside)


def _title_of(form: Form, source: str) -> str:
    """What the table or the section is called; never empty."""
    key = source.partition("/")[0]
    table = next((item for item in form.items if item.key == key), None)
    if table:
        return table.title or key
    section = next((part for part in _times_of(form, key)), None)
    return _without_number(section) if section else key or _("earlier answers")


def _without_number(section: Section) -> str:
    name = section.name
    return name.removesuffix(f" {section.place}") if section.place else name


def _times_of(form: Form, key: str) -> list[Section]:
    return [part for part in form.parts if key and (part.origin or part.key) == key]


def names_of_pick(item: Question, pick: Picked, typed: Typed) -> list[str]:
    """The inputs of a question that is picked, or of a column in every row of its table."""
    if isinstance(item, Table):
        return [item.cell(index, pick).name for index in item.indices(typed)]
    return [pick.name]


def _codes_typed(item: Question, pick: Picked, typed: Typed) -> set[str]:
    return {
        text.strip()
        for name in names_of_pick(item, pick, typed)
        for text in typed.get(name, ())
        if text.strip()
    }


def _offers(form: Form, pick: Picked, typed: Typed) -> Iterator[Offer]:
    key, _sign, name = pick.source.partition("/")
    table = next((item for item in form.items if item.key == key), None)
    if isinstance(table, Rows):
        yield from _rows_of(table, name, typed)
        return
    for section in _times_of(form, key):
        if not section.place or not _is_filled_in(section, typed):
            continue
        naming = next((q for q in section.questions if q.key.partition("__")[0] == name), None)
        yield Offer(str(section.place), _words_of(naming, typed) or section.name)


def _is_filled_in(section: Section, typed: Typed) -> bool:
    """Has the applicant said that the section is there so many times?"""
    return all(
        "yes" in typed.get(f"q_{another_key(section.origin, place)}", ())
        for place in range(section.least_times, section.place)
    )


def _rows_of(table: Rows, name: str, typed: Typed) -> Iterator[Offer]:
    if isinstance(table, Table) and table.fixed_rows:
        yield from (Offer(choice.code, in_language(choice.label)) for choice in table.fixed_rows)
        return
    column = next((column for column in table.row if column.key == name), None)
    for number, (index, _cells) in enumerate(table.written(typed), 1):
        words = _words_of(table.cell(index, column), typed) if column else ""
        yield Offer(index, words or _("row %(number)s", number=number))


def _words_of(question: Question | None, typed: Typed) -> str:
    """How an answer names its row; the name alone of a person or an organisation."""
    value = question.read(typed).value if question else None
    if question is None or value is None:
        return ""
    if isinstance(question, Person | Organisation):
        return str(value.get("name") or "")
    return question.cell_text(value)[:120]
