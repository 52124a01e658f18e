"""Answers chosen from a list. Choices are pairs (value, label) or triples with a hint, a function
that gives them, or an enumeration whose members have a `label`: then the answer is the member.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, ClassVar

from grants.core.countries.countries import country_choices
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.texts.marks import spaced
from grants.platform.forms import widgets
from grants.platform.forms.fields.question import Question

Choice = tuple[str, str] | tuple[str, str, str]
Choices = Iterable[Choice] | Callable[[], Iterable[Choice]] | type[Enum]


class _Chosen(Question):
    """One of the choices, or None."""

    def __init__(self, label: str = "", choices: Choices = (), **options: Any) -> None:
        self.offers = str(options.pop("offers", ""))
        """From which rows of the same page it offers a choice, for the script; empty: none."""
        super().__init__(label, **options)
        self.choices = choices
        self.members: type[Enum] | None = choices if isinstance(choices, type) else None

    @property
    def options(self) -> list[tuple[str, str, str]]:
        """(value, label, hint) in the order of the list."""
        return listed(self.choices)

    def _value(self, text: str) -> Any:
        if text not in {value for value, _label, _hint in self.options}:
            raise InvalidInput(self.missing_text())
        return self.members(text) if self.members else text

    def read(self, text: str) -> Any:
        return self._value(text)

    def write(self, value: Any) -> str:
        return str(value.value if isinstance(value, Enum) else value)

    def words(self) -> str:
        return next((str(label) for value, label, _hint in self.options if value == self.text), "")

    def missing_text(self) -> str:
        return str(self.missing) or _("Choose an answer to “%(label)s”.", label=self.label.text)


class RadioField(_Chosen):
    """One answer of a few, all in sight."""

    widget = staticmethod(widgets.radios)

    def __init__(
        self, label: str = "", choices: Choices = (), *, inline: bool = False, **options: Any
    ) -> None:
        super().__init__(label, choices, **options)
        self.inline = inline

    @property
    def is_optional(self) -> bool:
        """One that is chosen from the beginning can be changed, but not left out."""
        return super().is_optional and self.default is None


class YesNoField(RadioField):
    """True, False, or None for no answer."""

    def __init__(self, label: str = "", **options: Any) -> None:
        super().__init__(label, _yes_no, **{"inline": True, **options})

    def is_empty(self) -> bool:
        return self.data is None and not self.text

    def read(self, text: str) -> bool:
        return bool(self._value(text) == "yes")

    def write(self, value: Any) -> str:
        return "yes" if value else "no"


class SelectField(_Chosen):
    """One answer of many, in the browser's own list."""

    widget = staticmethod(widgets.select)


class GroupedField(SelectField):
    """One answer of very many, below headings. The browser first offers the headings, and where
    `about` is a label, then what the answers are about: `facts` has it for each, and the columns of
    the row that belong to it. `sections` has what several headings stand under. Without `first`
    there is one list.
    """

    widget = staticmethod(widgets.grouped_select)

    def __init__(
        self,
        label: str = "",
        groups: Sequence[tuple[str, Sequence[Choice]]] = (),
        *,
        first: str = "",
        about: str = "",
        facts: Mapping[str, tuple[str, Sequence[str]]] | None = None,
        sections: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        choices = [choice for _heading, members in groups for choice in members]
        super().__init__(label, choices, **options)
        self.groups, self.first, self.about, self.facts = groups, first, about, facts or {}
        self.sections = sections or {}


class CountryField(SelectField):
    """A country by its ISO 3166 alpha-2 code, named in the reader's language."""

    def __init__(self, label: str = "", **options: Any) -> None:
        super().__init__(label, country_choices, **{"autocomplete": "country", **options})


class CheckboxesField(_Chosen):
    """Any number of answers, in the order of the choices."""

    widget = staticmethod(widgets.checkboxes)
    EMPTY: ClassVar[Any] = ()

    @property
    def texts(self) -> list[str]:
        """The values that are ticked."""
        if self.raw_data is not None:
            return [str(text) for text in self.raw_data]
        return [self.write(value) for value in self.data or ()]

    def is_empty(self) -> bool:
        return not self.texts

    def words(self) -> str:
        return spaced(",").join(
            str(label) for value, label, _hint in self.options if value in self.texts
        )

    def process_data(self, value: Any) -> None:
        self.data = list(value or ())

    def process_formdata(self, valuelist: list[Any]) -> None:
        chosen = {str(text) for text in valuelist}
        ordered = [value for value, _label, _hint in self.options if value in chosen]
        self.data = self._reading(
            lambda: [self._value(value) for value in [*ordered, *sorted(chosen - set(ordered))]]
        )


class CheckboxField(Question):
    """One box to tick: a consent, a declaration. Required means it must be ticked."""

    widget = staticmethod(widgets.checkbox)
    EMPTY = False

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = bool(valuelist)

    def is_empty(self) -> bool:
        return not self.data

    def words(self) -> str:
        return ""

    def missing_text(self) -> str:
        return str(self.missing) or _("Tick the box to continue.")


def _yes_no() -> list[Choice]:
    return [("yes", _("Yes")), ("no", _("No"))]


def listed(choices: Choices) -> list[tuple[str, str, str]]:
    """(value, label, hint) of every choice, in the reader's language."""
    options: Any = choices
    if isinstance(choices, type):
        options = [(member.value, getattr(member, "label", member.value)) for member in options]
    elif callable(choices):
        options = choices()
    return [
        (str(value), str(label), str(hint[0]) if hint else "") for value, label, *hint in options
    ]
