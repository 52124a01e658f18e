"""What is filled in to ask for a change, one form for each kind, and to sign an amendment."""

from collections.abc import Callable, Mapping
from typing import Any

from grants.core.kernel import clock
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money
from grants.core.texts.formats import language_name
from grants.granting.changes.models import GrantChange
from grants.granting.changes.terms import Terms
from grants.granting.changes.workflow import ChangeKind
from grants.platform.forms.fields import (
    AmountField,
    CountryField,
    DateField,
    FileField,
    HiddenField,
    LongTextField,
    RadioField,
    TextField,
)
from grants.platform.forms.forms import Form

PAPER = (".pdf",)


def why() -> LongTextField:
    """The reason, which stands below what is asked for."""
    return LongTextField(
        _l("Reason"),
        hint=_l("Say why the change is needed. Both parties will see it."),
        required=True,
        limit=2000,
        rows=5,
    )


def from_day() -> DateField:
    """The day from which the change is in force, which stands above the reason."""
    return DateField(
        _l("In force from"),
        hint=_l("Leave empty to put the change in force as soon as it is agreed."),
    )


class AskedForm(Form):
    """A change that is asked for: what, and why."""

    version = HiddenField()

    @property
    def asked(self) -> dict[str, Any]:
        """What the kind reads."""
        raise NotImplementedError


class ExtensionForm(AskedForm):
    ends_on = DateField(_l("New last day of the grant"), required=True)
    effective_on = from_day()
    reason = why()

    @property
    def asked(self) -> dict[str, Any]:
        return {"ends_on": self.ends_on.data.isoformat()}


class TopUpForm(AskedForm):
    amount = AmountField(_l("Additional amount"), required=True)
    ends_on = DateField(
        _l("Last day of the grant"),
        hint=_l("The present last day, or a later one."),
        required=True,
    )
    effective_on = from_day()
    reason = why()

    @property
    def asked(self) -> dict[str, Any]:
        return {
            "amount": str(self.amount.data),
            "ends_on": self.ends_on.data.isoformat(),
            "from": (self.effective_on.data or clock.today()).isoformat(),
        }


class PartnerForm(AskedForm):
    partner = TextField(
        _l("Implementing partner"),
        hint=_l("Name of the organisation, and what it does in the project."),
        required=True,
        limit=300,
    )
    effective_on = from_day()
    reason = why()

    @property
    def asked(self) -> dict[str, Any]:
        return {"partner": self.partner.data}


class PlaceForm(AskedForm):
    country = CountryField(_l("Country"), required=True)
    place = TextField(_l("Place"), hint=_l("Region, city or district."), required=True, limit=300)
    effective_on = from_day()
    reason = why()

    @property
    def asked(self) -> dict[str, Any]:
        return {"country": self.country.data, "place": self.place.data}


class SignatoryForm(AskedForm):
    name = TextField(_l("Name of the new signatory"), required=True, limit=120)
    title = TextField(_l("Function"), required=True, limit=120)
    effective_on = from_day()
    reason = why()

    @property
    def asked(self) -> dict[str, Any]:
        return {"name": self.name.data, "title": self.title.data}


class SuspensionForm(AskedForm):
    effective_on = from_day()
    reason = why()

    @property
    def asked(self) -> dict[str, Any]:
        return {"from": (self.effective_on.data or clock.today()).isoformat()}


class TerminationForm(AskedForm):
    ends_on = DateField(_l("Last day of the grant"), required=True)
    amount = AmountField(
        _l("Amount of the grant after the termination"),
        hint=_l("At least what has been paid or is being paid. The rest is released."),
        zero=True,
        required=True,
    )
    effective_on = from_day()
    reason = why()

    @property
    def asked(self) -> dict[str, Any]:
        return {"ends_on": self.ends_on.data.isoformat(), "amount": str(self.amount.data)}


class ReductionForm(AskedForm):
    amount = AmountField(
        _l("Amount of the award after the reduction"),
        hint=_l("At least what has been paid or is being paid. The rest is released."),
        required=True,
    )
    effective_on = from_day()
    reason = why()

    @property
    def asked(self) -> dict[str, Any]:
        return {"amount": str(self.amount.data)}


def budget_form(terms: Terms) -> type[AskedForm]:
    """A form with an amount for each line of the budget."""
    names = {f"line_{at}": line for at, line in enumerate(terms.budget, 1)}

    class BudgetForm(AskedForm):
        @property
        def asked(self) -> dict[str, Any]:
            return {"lines": {line.category: str(self[name].data) for name, line in names.items()}}

    for name, line in names.items():
        setattr(BudgetForm, name, AmountField(line.name, zero=True, required=True))
    BudgetForm.effective_on, BudgetForm.reason = from_day(), why()
    return BudgetForm


FORMS: Mapping[ChangeKind, Callable[[Terms], type[AskedForm]]] = {
    ChangeKind.EXTENSION: lambda _terms: ExtensionForm,
    ChangeKind.TOP_UP: lambda _terms: TopUpForm,
    ChangeKind.BUDGET: budget_form,
    ChangeKind.PARTNER: lambda _terms: PartnerForm,
    ChangeKind.PLACE: lambda _terms: PlaceForm,
    ChangeKind.SIGNATORY: lambda _terms: SignatoryForm,
    ChangeKind.SUSPENSION: lambda _terms: SuspensionForm,
    ChangeKind.TERMINATION: lambda _terms: TerminationForm,
    ChangeKind.REDUCTION: lambda _terms: ReductionForm,
}
"""The form of each kind."""


def form_for(
    kind: ChangeKind, terms: Terms, change: GrantChange | None = None, cost: Money | None = None
) -> AskedForm:
    """The form of a kind, filled with the terms in force, or with what was asked for before; a
    POST fills it instead. `cost`: what accepted reports have spent and unspent money
    that came back, to which an award is reduced.
    """
    after = change.terms_after if change else terms
    lines = {f"line_{at}": line.amount for at, line in enumerate(after.budget, 1)}
    values = {
        "ends_on": after.ends_on,
        "amount": None,
        "country": after.country,
        "place": after.place,
        "partner": after.partner,
        "effective_on": change.effective_on if change else None,
        "reason": change.reason if change else None,
        **lines,
    }
    if kind is ChangeKind.TERMINATION and change is None:
        values |= {"ends_on": clock.today(), "amount": terms.paid_or_on_its_way}
    elif kind is ChangeKind.REDUCTION and change is None and cost:
        values["amount"] = max(cost, terms.paid_or_on_its_way)
    elif kind in {ChangeKind.TOP_UP, ChangeKind.TERMINATION, ChangeKind.REDUCTION} and change:
        values["amount"] = Money.parse(change.asked["amount"], "USD")
    elif kind is ChangeKind.SIGNATORY and change:
        values |= {key: change.asked[key] for key in ("name", "title")}
    return FORMS[kind](terms)(data=values)


class SendForm(Form):
    """In which language the amendment goes out; made by `send_form` for one fund's languages."""

    language: RadioField


def send_form(change: GrantChange) -> SendForm:
    """The language in which the organisation applied comes first."""
    award = change.award
    applied = award.application.language if award.application else "en"
    spoken = list(dict.fromkeys([*award.fund.languages, "en"]))
    choices = [(code, language_name(code)) for code in spoken]
    field = RadioField(_l("Language of the amendment"), choices, required=True)
    form: type[SendForm] = type("ChangeSendForm", (SendForm,), {"language": field})
    return form(data={"language": applied if applied in spoken else "en"})


class ReturnForm(Form):
    """The amendment as the organisation signed it."""

    file = FileField(_l("Signed amendment"), accept=PAPER, required=True)


class InForceForm(Form):
    """When both had signed, and the copy that shows it."""

    version = HiddenField()
    signed_on = DateField(_l("Signed by both parties on"), required=True)
    document = FileField(
        _l("Signed copy"),
        hint=_l("Needed unless the organisation has already returned the signed amendment."),
        accept=PAPER,
    )
