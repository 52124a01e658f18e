"""An answer picked from earlier answers of the same form: a partner, a place, a result.

`source` says where from: "TABLE/COLUMN" for the rows of a table, "TABLE" for one with rows of its
own, "SECTION/QUESTION" for a section that is repeated. An answer is kept by the row, not by its
words: who renames a row keeps what was picked. What can be picked depends on what was answered, so
a form is bound to its answers (`questionnaires/picking.py`) before it is read or drawn.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import ngettext
from grants.core.texts.marks import spaced
from grants.platform.questions.base import OF_ANSWERS, Option, Question
from grants.platform.questions.reading import Typed, Wording
from grants.platform.questions.shape import Kind, Shape
from grants.platform.questions.values import Cells, list_in, mapping_in, text_in


@dataclass(frozen=True, slots=True)
class Offer:
    """One earlier row. Its code stays when its words change. `gone`: it is no longer there, but an
    answer still names it.
    """

    code: str
    label: str
    gone: bool = False


@dataclass(frozen=True, kw_only=True)
class Picked(Question):
    """Rows of an earlier table or repeated section. The value is a list of their codes, each with
    the words that it had when it was read.
    """

    kind: ClassVar[str] = "picked"
    kind_name: ClassVar[str] = _l("Picked from earlier answers")
    names_applicant: bool = True
    source: str = ""
    most_chosen: int = 1
    """How many may be picked; 0: all."""
    offers: tuple[Offer, ...] = field(default=(), metadata=OF_ANSWERS)
    source_title: str = field(default="", metadata=OF_ANSWERS)
    """What the source is called; empty while the form is not bound to answers."""
    beside: bool = field(default=False, metadata=OF_ANSWERS)
    """Is the source a table of the same section, so that its rows are typed on the same page?"""

    @property
    def source_key(self) -> str:
        """The key of the table, or of the section."""
        return self.source.partition("/")[0]

    @property
    def options(self) -> list[Option]:
        return [(offer.code, offer.label) for offer in self.offers]

    def from_source_at(self, new_keys: Mapping[str, str]) -> Self:
        """The question where tables and sections have other keys."""
        key, sign, name = self.source.partition("/")
        return replace(self, source=f"{new_keys.get(key, key)}{sign}{name}")

    def value_of(self, typed: Typed) -> list[dict[str, str]]:
        codes = list(dict.fromkeys(text.strip() for text in typed[self.name] if text.strip()))
        if not self.source_title:
            return [{"code": code, "label": ""} for code in codes]
        labels = {offer.code: offer.label for offer in self.offers if not offer.gone}
        if not set(codes) <= set(labels):
            message = _(
                "What was chosen in “%(label)s” is no longer in “%(source)s”. Choose again.",
                label=self.title,
                source=self.source_title,
            )
            raise InvalidInput(message)
        if self.most_chosen and len(codes) > self.most_chosen:
            message = ngettext(
                "Choose no more than %(num)s answer to “%(label)s”.",
                "Choose no more than %(num)s answers to “%(label)s”.",
                self.most_chosen,
                label=self.title,
            )
            raise InvalidInput(message)
        return [{"code": code, "label": labels[code]} for code in labels if code in codes]

    def missing_text(self) -> str:
        return _("Choose an answer to “%(label)s”.", label=self.title)

    def rule(self) -> str:
        if not self.source_title:
            return _("Chosen from earlier answers")
        if self.most_chosen == 1:
            return _("One of the answers to “%(source)s”", source=self.source_title)
        return _("Any of the answers to “%(source)s”", source=self.source_title)

    def blank_rule(self) -> str:
        return self.rule()

    def wording(self, value: Any) -> Wording:
        words = tuple(row["label"] or row["code"] for row in value)
        return Wording(text=words[0]) if len(words) == 1 else Wording(items=words)

    def cell_text(self, value: Any) -> str:
        return spaced(",").join(row["label"] or row["code"] for row in value)

    def as_typed(self, value: Any) -> Cells:
        """Codes of rows, alone or with their words."""
        codes = [
            text_in(row if isinstance(row, str) else mapping_in(row).get("code"))
            for row in (list_in(value) if not isinstance(value, str) else [value])
        ]
        yield self.name, codes

    def shape(self) -> Shape:
        return Shape(Kind.SEVERAL, frozenset(), key=self.key, most=self.most_chosen or None)

    def figures(self) -> list[tuple[str, str]]:
        return [] if self.most_chosen == 1 else [(f"count({self.key})", "number")]

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        if not self.source:
            yield _("choose the earlier answers from which it is picked")
        if self.most_chosen < 0:
            yield _("allow applicants to choose no more answers than there are")


def picks_in(question: Question) -> list[Picked]:
    """The question itself, or those columns of it, that are picked from earlier answers."""
    columns = getattr(question, "columns", ())
    parts = [question, *(columns if isinstance(columns, tuple) else ())]
    return [part for part in parts if isinstance(part, Picked)]


def with_sources_at(question: Question, new_keys: Mapping[str, str]) -> Question:
    """The question, with its columns, where tables and sections have other keys."""
    if isinstance(question, Picked):
        return question.from_source_at(new_keys)
    if not picks_in(question):
        return question
    columns = [with_sources_at(column, new_keys) for column in question.columns]  # type: ignore[attr-defined]
    return replace(question, columns=tuple(columns))  # type: ignore[call-arg]
