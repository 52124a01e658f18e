"""What all kinds of question share, and what each kind must say of itself."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from typing import Any, ClassVar, Self

from grants.core.kernel.errors import FundError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.texts.marks import spaced
from grants.platform.expressions.nodes import Value
from grants.platform.questions.reading import (
    Fault,
    PlacedText,
    Problem,
    Reading,
    Texts,
    Typed,
    Wording,
)
from grants.platform.questions.shape import Shape
from grants.platform.questions.values import Cells

Option = tuple[str, str]
"""A code and its label in the reader's language."""


KEY = r"[a-z][a-z0-9_]{0,39}"
"""How keys of sections and questions are written."""


RESERVED = frozenset({"true", "false", "and", "or", "not", "in"})
"""Words of conditions, which no question can have as its key."""

OF_ANSWERS: Mapping[str, bool] = {"of_answers": True}
"""Marks what a question gets from the answers of one application: no setting, never kept."""

Rewording = Callable[[PlacedText], Texts]
"""Gives a text of a form in new words."""


@dataclass(frozen=True, kw_only=True)
class Question(ABC):
    """One question. `key` names its answer for good; texts are in several languages."""

    kind: ClassVar[str]
    kind_name: ClassVar[str]
    """What makers of forms call this kind."""
    wide: ClassVar[bool] = False
    """Does it need the whole width of a page?"""
    joint: ClassVar[str] = ""
    """What stands between two answers that are joined; empty: they cannot be."""
    family: ClassVar[str] = ""
    """Kinds of one family mean the same by settings of the same name."""
    asks: ClassVar[bool] = True
    """Does it expect an answer?"""
    cell_kind: ClassVar[str] = "text"
    """The kind of column that holds its answers in a list."""

    key: str
    label: Texts
    help: Texts = field(default_factory=dict)
    required: bool = False
    show_when: str = ""
    """A condition, as logic/parse.py reads it; empty: always shown."""
    names_applicant: bool = False
    """Does its answer tell which organisation applies? Reviewers of a blind call do not get it."""

    @property
    def name(self) -> str:
        """Of its input, and how the names of its inputs begin."""
        return f"q_{self.key}"

    @property
    def title(self) -> str:
        return in_language(self.label)

    @property
    def heading(self) -> str:
        """What stands above a column of answers."""
        return self.title

    @property
    def english_title(self) -> str:
        """What makers of forms call it."""
        return self.label.get("en", "").strip() or self.key

    @property
    def anchor(self) -> str:
        """The question's place on the page on which the form is made."""
        return f"q-{self.key}"

    @property
    def options(self) -> list[Option]:
        """What can be chosen, if it is answered by choosing."""
        return []

    def label_of(self, code: str) -> str:
        """What a code is called that an answer may hold; the code if it is none of them."""
        return dict(self.options).get(code, code)

    @abstractmethod
    def rule(self) -> str:
        """What kind of answer is expected, and how much of it."""

    @abstractmethod
    def wording(self, value: Any) -> Wording:
        """An answer as its readers see it."""

    def cell_text(self, value: Any) -> str:
        """An answer in one cell of a table."""
        wording = self.wording(value)
        return wording.text or spaced(",").join(wording.items)

    @abstractmethod
    def as_typed(self, value: Any) -> Cells:
        """What a person would have typed; NotAnAnswer if the value has not the form of one."""

    @abstractmethod
    def shape(self) -> Shape:
        """What its answer is in a condition or a check."""

    def operand(self, value: Any) -> Value | None:
        """An answer in a condition or a check; None if it cannot be compared itself."""
        if isinstance(value, bool | str):
            return value
        if isinstance(value, list) and all(isinstance(code, str) for code in value):
            return tuple(value)
        return None

    def figures(self) -> list[tuple[str, str]]:
        """What of its answer can be compared by size: (expression, kind of value)."""
        return []

    def statements(self) -> list[str]:
        """What can be said of its answer without a value: expressions."""
        return []

    def list_cell(self, value: Any) -> Any:  # noqa: ARG002 - most kinds are in words
        """An answer in a list, where a spreadsheet can count it; None: only in words."""
        return None

    def list_total(self, value: Any) -> Any:  # noqa: ARG002 - most kinds have none
        """The sum of an answer that is a table of figures."""
        return None

    @property
    def total_kind(self) -> str:
        """The kind of column that holds this sum; empty: there is none."""
        return ""

    @property
    def countable(self) -> list[Option]:
        """The answers by which applications can be counted."""
        return []

    def counted_codes(self, value: Any) -> list[str]:  # noqa: ARG002 - most kinds count nothing
        """Under which of these an application counts."""
        return []

    def blank_rule(self) -> str:
        """What a form printed to be filled in by hand says of the answer."""
        return ""

    def blank_rows(self) -> tuple[str, ...]:
        """The rows of a table to fill in by hand."""
        return ()

    def blank_columns(self) -> tuple[str, ...]:
        """The columns of a table to fill in by hand."""
        return ()

    def written_texts(self, value: Any) -> Iterator[tuple["Question", str]]:  # noqa: ARG002
        """The words in an answer, each with the question that they answer."""
        return iter(())

    def reworded(self, change: Rewording) -> Self:
        """The question with each of its texts as `change` gives it."""
        return replace(
            self,
            label=change(self.placed(_("label"), self.label)),
            help=change(self.placed(_("help"), self.help)),
        )

    def placed(self, part: str, texts: Texts) -> PlacedText:
        return PlacedText(self.key, self.english_title, part, texts, self.anchor)

    @property
    def tells_who_applies(self) -> bool:
        """So does an answer in which the organisation's own people may be named."""
        return self.names_applicant or bool(getattr(self, "people", False))

    def place_of(self, key: str) -> "Question | None":
        """Where something with this key is attached: the question itself, or a cell of it."""
        return self if key == self.key else None

    def owns(self, name: str) -> bool:
        """Is this one of its inputs?"""
        return name == self.name

    def is_blank(self, typed: Typed) -> bool:
        return not any(
            text.strip() for name, texts in typed.items() if self.owns(name) for text in texts
        )

    def read(self, typed: Typed) -> Reading:
        """The value of what was typed, and what is to be corrected."""
        if self.is_blank(typed):
            return Reading(None, (self.missing(),) if self.required else ())
        try:
            return Reading(self.value_of(typed))
        except FundError as refusal:
            return Reading(None, (self.wrong(refusal.message),))

    def value_of(self, typed: Typed) -> Any:
        """The value of an answer that is there; InvalidInput says how to write it."""
        raise NotImplementedError

    def missing(self) -> Problem:
        return Problem(self.key, self.target, self.missing_text(), Fault.MISSING)

    def missing_text(self) -> str:
        return _("Fill in “%(label)s”.", label=self.title)

    def wrong(self, message: str, place: str = "") -> Problem:
        return Problem(self.key, place or self.target, message)

    @property
    def target(self) -> str:
        """The input that a message about the whole question leads to."""
        return self.name

    def prose(self, typed: Typed) -> Iterator[str]:  # noqa: ARG002 - most kinds hold none
        """What was written in words about others, where a victim might be mentioned."""
        return iter(())

    @classmethod
    def settings(cls) -> list[Field[Any]]:
        """What the makers of a form say of a question of this kind."""
        return [item for item in fields(cls) if "of_answers" not in item.metadata]

    def faults(self) -> Iterator[str]:
        """What is wrong with the definition itself."""
        if not re.fullmatch(KEY, self.key):
            yield _("use lower-case letters, digits and _ in the key, starting with a letter")
        if not self.label.get("en", "").strip():
            yield _("give it a label in English")


@dataclass(frozen=True, kw_only=True)
class Untyped(Question):
    """Nothing is typed to answer it: it is reckoned, comes beside the form, or is not asked."""

    def owns(self, name: str) -> bool:  # noqa: ARG002 - nothing is typed
        return False

    def read(self, typed: Typed) -> Reading:  # noqa: ARG002 - nothing is typed
        return Reading()

    def as_typed(self, value: Any) -> Cells:  # noqa: ARG002 - nothing is typed
        return iter(())
