"""The form that asks for some facts of a profile."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Self, TypeVar

from grants.platform.forms import typed
from grants.platform.forms.fields import (
    CheckboxField,
    CountryField,
    DateField,
    LongTextField,
    NumberField,
    PhoneField,
    RadioField,
    TextField,
    WebField,
    YesNoField,
)
from grants.platform.forms.forms import Form
from grants.platform.profiles import kinds
from grants.platform.profiles.facts import Fact, Group

Inputs = Mapping[str, Any]
"""Fields of a form by their names."""
Asking = Callable[[Any, Mapping[str, Any]], Any]
"""Makes the field of a kind, or several by name, with the label, hint and `required` given."""


class YearField(NumberField):
    """A year that has begun."""

    def __init__(self, label: str = "", **options: Any) -> None:
        super().__init__(label, **{"width": 4, **options})

    def check(self) -> None:
        super().check()
        typed.require_begun(self.data)


ASKED_BY: Mapping[type[kinds.Kind], Asking] = {
    kinds.Text: lambda kind, asked: TextField(limit=kind.limit, **asked),
    kinds.LongText: lambda kind, asked: LongTextField(limit=kind.limit, rows=kind.lines, **asked),
    kinds.Web: lambda _kind, asked: WebField(**asked),
    kinds.Phone: lambda _kind, asked: PhoneField(**asked),
    kinds.Country: lambda _kind, asked: CountryField(**asked),
    kinds.Choice: lambda kind, asked: RadioField(choices=kind.terms.choices, **asked),
    kinds.Day: lambda _kind, asked: DateField(**asked),
    kinds.Number: lambda kind, asked: (
        YearField(**asked) if kind.year else NumberField(width=5, **asked)
    ),
    kinds.Flag: lambda _kind, asked: CheckboxField(**asked),
    kinds.YesNo: lambda _kind, asked: YesNoField(**asked),
    kinds.Names: lambda kind, asked: LongTextField(limit=kind.limit, rows=3, **asked),
    Group: lambda kind, _asked: inputs_of(kind.facts),
}


def inputs_of(
    facts: Iterable[Fact], special: Mapping[type[kinds.Kind], Asking] | None = None
) -> Inputs:
    """The fields that ask for some facts; `special`: those of a room's own kinds."""
    inputs: dict[str, Any] = {}
    for fact in facts:
        kind = fact.kind
        label = kind.question or fact.label
        options = {"label": label, "hint": kind.hint, "required": kind.required}
        field = {**ASKED_BY, **(special or {})}[type(kind)](kind, options)
        inputs |= field if isinstance(field, Mapping) else {fact.key: field}
    return inputs


class ProfileForm(Form):
    """Asks for facts, and shows what the profile states of them."""

    facts: Sequence[Fact] = ()

    @classmethod
    def of(cls, profile: Any, **options: Any) -> Self:
        return cls(data=typed_of(cls.facts, profile), **options)

    def stated(self) -> dict[str, Any]:
        """What was entered, by the keys of the facts."""
        return {fact.key: fact.kind.answered(fact.key, self.data) for fact in self.facts}


PF = TypeVar("PF", bound=ProfileForm)


def profile_form(base: type[PF], facts: Sequence[Fact], inputs: Inputs, **more: Any) -> type[PF]:
    """A form that asks for these facts, besides what `base` asks."""
    return type(base.__name__, (base,), {"facts": facts, **inputs, **more})


def typed_of(facts: Iterable[Fact], profile: Any) -> dict[str, Any]:
    """What inputs show, by their names."""
    values: dict[str, Any] = {}
    for fact in facts:
        values |= fact.kind.typed(fact.key, fact.of(profile))
    return values
