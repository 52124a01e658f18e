"""Sections that applicants repeat: partners, places, staff.

A form is made with the section once. Before anybody writes, the section becomes as many as there
may be, each with questions of its own under keys of its own: "name", "name__2", "name__3". So
saving, merging, versions, files, conditions, rules, papers and exports know nothing of repetition.
Each time but the last asks whether there is another; the next is shown when there is.

Sections that share a page become one section, whose `parts` are those that stand there: what is
written on a page is kept, merged and saved together. A heading comes before the questions of each.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.platform.expressions.nodes import keys_in
from grants.platform.expressions.parse import parse
from grants.platform.expressions.renaming import with_new_keys
from grants.platform.questionnaires.form import (
    ONE_PAGE,
    OWN_PAGE,
    PAGE_BEFORE,
    Check,
    Form,
    Section,
)
from grants.platform.questionnaires.places import (
    FormFault,
    anchor_of_check,
    anchor_of_section,
    name_of_check,
    name_of_section,
)
from grants.platform.questions import Content, Option, Question, Table, YesNo
from grants.platform.questions.picked import with_sources_at
from grants.platform.questions.reading import Texts

MOST_TIMES = 10
LONGEST_KEY = 36
"""Characters: the number behind it needs four more."""


@dataclass(frozen=True, kw_only=True)
class AddAnother(YesNo):
    """Asks whether the section of this `name` is needed once more. No paper tells the answer."""

    asks: ClassVar[bool] = False
    required: bool = True
    name_of_one: Texts

    @property
    def title(self) -> str:
        return _("Do you want to add another “%(name)s”?", name=in_language(self.name_of_one))

    @property
    def countable(self) -> list[Option]:
        return []


@dataclass(frozen=True, kw_only=True)
class PartHeading(Content):
    """Begins a section on a page that it shares with others."""


def key_at(key: str, place: int) -> str:
    """The key of a question or a section where it is asked for the second time and later."""
    return key if place == 1 else f"{key}__{place}"


def heading_key(section: str) -> str:
    """The key of what stands above the questions of a section that shares its page."""
    return f"part__{section}"


def another_key(section: str, place: int) -> str:
    """The key of the question after which a section is shown again."""
    return key_at(f"another__{section}", place)


def with_repetitions(form: Form) -> Form:
    """The form as it is filled in: every section as often as it may be answered."""
    if not any(section.is_repeated or section.page for section in form.sections):
        return form
    return replace(
        form,
        sections=tuple(page for group in _pages_of(form) for page in _sections_on(group)),
        checks=tuple(part for check in form.checks for part in _checks_of(form, check)),
    )


def _pages_of(form: Form) -> list[list[Section]]:
    """The sections of the form by the page on which they stand."""
    pages: list[list[Section]] = []
    for section in form.sections:
        if section.page == PAGE_BEFORE and pages:
            pages[-1].append(section)
        else:
            pages.append([section])
    return pages


def _sections_on(group: Sequence[Section]) -> Iterator[Section]:
    """What is filled in for the sections of one page: a section, or one for each time."""
    first = group[0]
    times = [part for section in group for part in _times_of(section)]
    if len(times) == 1 or (len(group) == 1 and first.page != ONE_PAGE):
        yield from times
        return
    parts = [_without_condition(part) for part in times]
    has_title = not first.is_repeated
    questions: list[Question] = []
    for number, (time, part) in enumerate(zip(times, parts, strict=True)):
        if number or not has_title:
            questions.append(_heading_of(time, with_intro=time.place < 2 and bool(number)))
        questions += part.questions
    yield Section(
        key=first.key,
        title=first.title,
        intro=first.intro,
        questions=tuple(questions),
        parts=tuple(parts),
    )


def _without_condition(part: Section) -> Section:
    """The section, whose condition holds for each of its questions: its page has others too."""
    conditioned = (
        replace(question, show_when=_both(part.show_when, question.show_when))
        for question in part.questions
    )
    return replace(part, show_when="", page=OWN_PAGE, questions=tuple(conditioned))


def _both(condition: str, other: str) -> str:
    return f"({condition}) and ({other})" if condition and other else condition or other


def _heading_of(part: Section, *, with_intro: bool) -> PartHeading:
    return PartHeading(
        key=heading_key(part.key),
        label=part.title,
        help=part.intro if with_intro else {},
        show_when=part.show_when,
    )


def _times_of(section: Section) -> Iterator[Section]:
    if not section.is_repeated:
        yield section
        return
    for place in range(1, section.most_times + 1):
        keys = {question.key: key_at(question.key, place) for question in section.questions}
        questions = [_question_at(question, keys) for question in section.questions]
        if section.least_times <= place < section.most_times:
            key = another_key(section.key, place)
            questions.append(AddAnother(key=key, label={"en": key}, name_of_one=section.title))
        is_extra = place > section.least_times
        yield replace(
            section,
            key=key_at(section.key, place),
            title={code: f"{text} {place}" for code, text in section.title.items()},
            show_when=f"{another_key(section.key, place - 1)} == true"
            if is_extra
            else section.show_when,
            questions=tuple(questions),
            origin=section.key,
            place=place,
        )


def _question_at(question: Question, keys: Mapping[str, str]) -> Question:
    """A question with the keys of its place, in its condition and the rules of its rows too."""
    at_place = replace(
        with_sources_at(question, keys),
        key=keys[question.key],
        show_when=with_new_keys(question.show_when, keys),
    )
    return at_place.with_questions_at(keys) if isinstance(at_place, Table) else at_place


def _checks_of(form: Form, check: Check) -> Iterator[Check]:
    """A check about a repeated section holds each time."""
    group = next(iter(_groups_named(form, check.rule)), None)
    if group is None:
        yield check
        return
    for place in range(1, group.most_times + 1):
        keys = {question.key: key_at(question.key, place) for question in group.questions}
        rule, at = with_new_keys(check.rule, keys), keys.get(check.at, check.at)
        yield replace(check, rule=rule, at=at)


def _groups_named(form: Form, expression: str) -> list[Section]:
    """The repeated sections whose questions an expression names."""
    try:
        named = set(keys_in(parse(expression))) if expression.strip() else set()
    except InvalidInput:
        return []
    return [
        section
        for section in form.sections
        if section.is_repeated and named & {question.key for question in section.questions}
    ]


def page_in_words(form: Form, section: Section) -> str:
    """On which page it is filled in, for a maker of the form; empty: on its own."""
    if section.page == PAGE_BEFORE and section != form.sections[0]:
        return _("On the page of the previous section.")
    if section.page == ONE_PAGE and section.is_repeated:
        return _("All on one page.")
    return ""


def times_in_words(section: Section) -> str:
    """How often it is asked, for a reader of the form; empty: once."""
    if not section.is_repeated:
        return ""
    if section.least_times > 1:
        return _(
            "To be filled in %(least)s to %(most)s times, once for each.",
            least=section.least_times,
            most=section.most_times,
        )
    return _("Can be filled in up to %(most)s times, once for each.", most=section.most_times)


def repeat_faults(form: Form) -> Iterator[FormFault]:
    """What is to be corrected in sections that are repeated, and where others rest on them."""
    for section in form.sections:
        where, at = name_of_section(section), anchor_of_section(section)
        if not 1 <= section.least_times <= section.most_times <= MOST_TIMES:
            message = _(
                "allow it to be filled in 1 to %(most)s times, the smallest number first",
                most=MOST_TIMES,
            )
            yield FormFault(section.key, where, message, at)
        if section.is_repeated:
            yield from _faults_of_keys(form, section)
        yield from _faults_of_conditions(form, section)
    for check in form.checks:
        if len(_groups_named(form, check.rule)) > 1:
            message = _("a rule can be about one repeated section only")
            yield FormFault("", name_of_check(form, check), message, anchor_of_check(form, check))


def _faults_of_conditions(form: Form, section: Section) -> Iterator[FormFault]:
    """Conditions that rest on an answer which is given several times."""
    for key, name, anchor, expression in _expressions_of(section):
        for group in _groups_named(form, expression):
            if group.key != section.key or key == section.key:
                message = _(
                    "a condition cannot depend on “%(section)s”, which is repeated",
                    section=name_of_section(group),
                )
                yield FormFault(key, name, message, anchor)


def _faults_of_keys(form: Form, section: Section) -> Iterator[FormFault]:
    """Keys that would clash or grow too long, and facts that cannot come from many answers."""
    facts = set(form.facts.values())
    place = name_of_section(section), anchor_of_section(section)
    for key in (section.key, *(question.key for question in section.questions)):
        if len(key) > LONGEST_KEY or "__" in key:
            message = _("use a key of at most %(most)s characters, without “__”", most=LONGEST_KEY)
            yield FormFault(section.key, place[0], f"{key}: {message}", place[1])
    for question in section.questions:
        if question.key in facts:
            message = _("what lists show cannot come from a section that is repeated")
            yield FormFault(question.key, question.english_title, message, question.anchor)


def _expressions_of(section: Section) -> Iterator[tuple[str, str, str, str]]:
    """(key, name, anchor, expression) of each condition, those of columns and the rules for rows
    too.
    """
    where, at = name_of_section(section), anchor_of_section(section)
    yield section.key, where, at, section.show_when
    for question in section.questions:
        place = question.key, question.english_title, question.anchor
        yield *place, question.show_when
        if isinstance(question, Table):
            yield from ((*place, rule.rule) for rule in question.rules)
            yield from ((*place, column.show_when) for column in question.columns)
