"""What the fund's people fill in about pledges."""

from collections.abc import Mapping
from typing import Any

from grants.core.kernel import clock
from grants.core.kernel.language import LANGUAGES, offered
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import DonorKind, Earmarking, RegionalGroup, Service, Window
from grants.giving.pledges.making import Contact, Giver, Offer
from grants.giving.pledges.models import Source
from grants.giving.pledges.queries import Criteria
from grants.giving.pledges.schedule import Due
from grants.giving.pledges.workflow import PLEDGE, PledgeState
from grants.platform.casework.filters import OwnerField, OwnerFilter
from grants.platform.forms.fields import (
    AmountField,
    CheckboxField,
    CountryField,
    DateField,
    EmailField,
    LongTextField,
    MoneyField,
    RadioField,
    Row,
    RowsField,
    SelectField,
    TextField,
    YesNoField,
)
from grants.platform.forms.forms import Form, QueryForm
from grants.platform.forms.of_funds import FundFilter, FundUnlessOneForm


def _state_choices() -> list[tuple[str, str]]:
    return [(state.value, PLEDGE.names[state].staff) for state in PledgeState]


class PledgeFilter(OwnerFilter, FundFilter):
    """Which pledges to list."""

    q = TextField(_l("Donor or reference"))
    state = SelectField(_l("Status"), _state_choices)
    fund = SelectField(_l("Fund"))
    kind = SelectField(_l("Type of donor"), DonorKind)
    owner = OwnerField("pledge")
    returned = CheckboxField(_l("Only signed agreements to check"))

    @property
    def criteria(self) -> Criteria:
        state = PledgeState(self.state.data) if self.state.data else None
        return Criteria(
            self.q.data or "",
            state,
            self.fund.data or "",
            self.kind.data,
            returned=bool(self.returned.data),
            owner=self.owner_id,
        )


class DonorSearch(QueryForm):
    """Which donor announced a pledge."""

    q = TextField(_l("Name or code of the donor"))


def _grade_choices() -> list[tuple[str, str, str]]:
    hints = {
        Earmarking.UNEARMARKED: _(
            "The fund uses it where the need is greatest. This helps victims most."
        ),
        Earmarking.SOFT: _("For a theme or a region, such as legal aid, or African States."),
        Earmarking.EARMARKED: _("For some countries, or one window or call of the fund."),
        Earmarking.TIGHT: _("For a single project or activity."),
    }
    return [(grade.value, grade.label, hints[grade]) for grade in Earmarking]


ASKED: Mapping[Earmarking, tuple[str, ...]] = {
    Earmarking.UNEARMARKED: (),
    Earmarking.SOFT: ("region", "theme", "until", "earmarked_for"),
    Earmarking.EARMARKED: ("window", "region", "countries", "theme", "until", "earmarked_for"),
    Earmarking.TIGHT: ("window", "countries", "until", "earmarked_for"),
}
"""What a donor of each grade is asked; an answer to anything else is not kept."""


class CountryRow(Row):
    """A country that the money may be spent in."""

    country = CountryField(_l("Country"), required=True)


class BoundForm(Form):
    """How far the donor binds the money, and to what."""

    earmarking = RadioField(
        _l("What may the fund use the contribution for?"),
        _grade_choices,
        default="unearmarked",
        required=True,
    )
    window = SelectField(_l("For which window?"), Window)
    region = SelectField(_l("For which region?"), RegionalGroup)
    countries = RowsField(
        CountryRow,
        _l("Only in which countries?"),
        hint=_l("Leave empty for any country."),
        most=20,
        add_label=_l("Add a country"),
    )
    theme = SelectField(_l("For which type of assistance?"), Service)
    until = DateField(
        _l("Until when can it be used for new grants?"),
        hint=_l("Leave empty if there is no end date."),
    )
    earmarked_for = TextField(
        _l("What is it for, in your own words?"),
        hint=_l("For example the call, the project or the activity."),
        limit=200,
    )

    def asked(self) -> list[tuple[Any, list[str]]]:
        """(field, the grades that are asked it)"""
        return [
            (self[name], [grade.value for grade in Earmarking if name in ASKED[grade]])
            for name in ASKED[Earmarking.EARMARKED]
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        grade = self.earmarking.data
        if grade and grade != Earmarking.UNEARMARKED and not any(self._named().values()):
            self.complain("earmarked_for", _("Enter what the contribution is for."))
            return False
        if grade == Earmarking.TIGHT and not (self.earmarked_for.data or "").strip():
            self.complain("earmarked_for", _("Name the project or activity that the money is for."))
            return False
        return valid

    def _named(self) -> dict[str, Any]:
        """What it is for, without the last day, which alone binds it to nothing."""
        return {name: value for name, value in self.bound().items() if name != "until"}

    def bound(self) -> dict[str, Any]:
        """What it is for, as the parts of an offer; nothing that its grade is not asked."""
        fields = ASKED[Earmarking.of(self.earmarking.data)]
        answers = {name: self[name].data for name in fields}
        return {
            "window": answers.get("window") or None,
            "region": answers.get("region") or None,
            "theme": answers.get("theme") or None,
            "countries": tuple(row["country"] for row in answers.get("countries") or ()),
            "until": answers.get("until"),
            "earmarked_for": answers.get("earmarked_for") or "",
        }


class DueRow(Row):
    """A promised payment; a single one without an amount is the whole pledge."""

    due_on = DateField(_l("Pay by"), missing=_l("Enter the date."), required=True)
    amount = AmountField(_l("Amount"))


class EnterForm(BoundForm, FundUnlessOneForm):
    """A pledge that was announced to the fund, by a donor that is known here."""

    fund = RadioField(_l("For which fund?"), required=True)
    amount = MoneyField(_l("How much?"), required=True)
    payments = RowsField(
        DueRow,
        _l("When will it be paid?"),
        hint=_l(
            "Leave the date empty if none was given, and the amount empty if it will all "
            "be paid at the same time."
        ),
        most=24,
        add_label=_l("Add a payment"),
    )
    source = RadioField(
        _l("How was the pledge made?"),
        lambda: [(source.value, source.label) for source in Source if source != Source.ONLINE],
        required=True,
    )
    source_note = TextField(
        _l("Which note verbale or conference?"),
        hint=_l("Number of the note or name of the conference."),
        limit=200,
    )
    pledged_on = DateField(
        _l("On what date was it announced?"),
        default=clock.today,
        last=clock.today,
        required=True,
    )
    public_name = YesNoField(_l("May we publish the donor’s name?"), default=True, required=True)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if self.source.data == Source.CONFERENCE and not self.source_note.data:
            self.complain("source_note", _("Enter the name of the conference."))
            return False
        return valid

    def dues(self) -> tuple[Due, ...]:
        """The payments in the pledge's currency."""
        whole = self.amount.data
        rows = self.payments.data
        if len(rows) == 1 and rows[0]["amount"] is None:
            return (Due(rows[0]["due_on"], whole),)
        nothing = Money(0, whole.currency)
        return tuple(Due(row["due_on"], row["amount"] or nothing) for row in rows)

    def offer(self, key: str) -> Offer:
        return Offer(
            amount=self.amount.data,
            payments=self.dues(),
            earmarking=Earmarking.of(self.earmarking.data),
            public_name=bool(self.public_name.data),
            source=Source.of(self.source.data),
            source_note=self.source_note.data or "",
            key=key,
            pledged_on=self.pledged_on.data,
            **self.bound(),
        )


class NewDonorForm(Form):
    """A donor that is not known here yet, and whom the fund writes to, if it knows."""

    kind = RadioField(_l("What type of donor is it?"), DonorKind, required=True)
    name = TextField(_l("Name of the donor"), required=True, limit=200)
    country = CountryField(
        _l("Country"), hint=_l("Not needed for an intergovernmental organisation.")
    )
    contact = TextField(_l("Name of the contact person"), limit=120)
    email = EmailField(
        _l("Their e-mail address"),
        hint=_l(
            "This person will be able to sign in and see the donor’s pledges. Check the "
            "address carefully."
        ),
    )
    language = SelectField(
        _l("Language of our letters"),
        lambda: [(code, LANGUAGES[code].name) for code in offered()],
        default="en",
        required=True,
    )

    def giver(self) -> Giver:
        return Giver(self.name.data or "", self.kind.data, self.country.data)

    def reachable(self) -> Contact | None:
        """The contact, if an address is known."""
        email = self.email.data or ""
        name = self.contact.data or email.split("@")[0]
        return Contact(name, email, self.language.data or "en") if email else None

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if self.kind.data not in (None, DonorKind.IGO) and not self.country.data:
            self.complain("country", _("Choose the donor’s country."))
            return False
        return valid


class DeclineForm(Form):
    """Why the fund does not accept a pledge."""

    reason = LongTextField(
        _l("Why is the pledge not accepted?"),
        hint=_l("It will be kept on record. The donor will not see it."),
        required=True,
        limit=1000,
        rows=5,
    )
