"""The questions of the pledge pages, one form for each page."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms.validators import ValidationError

from grants.core.countries.countries import currency_of
from grants.core.kernel import clock
from grants.core.kernel.language import LANGUAGES, current_language, offered
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money, total
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.core.texts.formats import example_day
from grants.giving.pledges.making import LARGEST, Contact, Giver
from grants.giving.pledges.schedule import Due
from grants.platform.forms.fields import (
    AmountField,
    CountryField,
    DateField,
    EmailField,
    FileField,
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


class DonorForm(Form):
    """For which of one's organisations."""

    donor = RadioField(_l("Donor"), missing=_l("Choose who you are pledging for."), required=True)

    def __init__(self, *args: Any, donors: Sequence[Organisation], **options: Any) -> None:
        self.donors = donors
        super().__init__(*args, **options)

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.donor.choices = [(donor.code, donor.name) for donor in self.donors]
        super().process(formdata, *args, **options)


def _kind_choices() -> list[tuple[str, str, str]]:
    hints = {
        DonorKind.MEMBER_STATE: _("A government, or one of its ministries or agencies"),
        DonorKind.IGO: _("An intergovernmental organisation"),
        DonorKind.NGO: _("A charity, association or church"),
        DonorKind.FOUNDATION: "",
        DonorKind.PRIVATE: "",
        DonorKind.INDIVIDUAL: _("I am giving in my own name"),
    }
    return [(kind.value, kind.label, hints[kind]) for kind in DonorKind]


class KindForm(Form):
    """What kind of donor it is."""

    kind = RadioField(
        _l("Type of donor"),
        _kind_choices,
        missing=_l("Choose what type of donor you are."),
        required=True,
    )


NAMES = {
    DonorKind.MEMBER_STATE: (
        _l("Name of the government or ministry"),
        _l("As it should appear in letters, for example “Government of Norway”."),
    ),
    DonorKind.INDIVIDUAL: (_l("Your name"), _l("First name and family name.")),
}
NAME_OF_OTHERS = (_l("Name of the organisation"), _l("Its full, official name."))


class GiverForm(Form):
    """Name and country of the donor; what is asked depends on its kind."""

    name = TextField(required=True, limit=200)
    country = CountryField(_l("Country"), required=True)

    def __init__(self, *args: Any, kind: DonorKind, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind = kind
        label, hint = NAMES.get(kind, NAME_OF_OTHERS)
        self.name.label.text, self.name.hint = str(label), str(hint)
        individual = kind is DonorKind.INDIVIDUAL
        self.name.autocomplete = "name" if individual else "organization"
        if kind is DonorKind.IGO:
            del self.country

    def giver(self) -> Giver:
        country = self.country.data if "country" in self else None
        return Giver(self.name.data or "", self.kind, country)


def languages() -> list[tuple[str, str]]:
    """The languages the fund writes in, each by its own name."""
    return [(code, LANGUAGES[code].name) for code in offered()]


def own_language() -> str:
    """The reader's language, where the fund writes in it."""
    code = current_language().code
    return code if code in offered() else "en"


class ContactForm(Form):
    """Whom the fund writes to. A person who gives in their own name has given it already."""

    name = TextField(_l("Name of the contact person"), required=True, limit=120)
    email = EmailField(
        _l("E-mail address"),
        hint=_l(
            "We will send a link to this address. The pledge is not confirmed until you "
            "follow the link."
        ),
        required=True,
    )
    language = SelectField(
        _l("Language of our letters"), languages, default=own_language, required=True
    )

    def __init__(self, *args: Any, individual: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.name.autocomplete = "name"
        if individual:
            del self.name

    def contact(self, giver: Giver) -> Contact:
        name = self.name.data if "name" in self else giver.name
        return Contact((name or "")[:120], self.email.data or "", self.language.data or "en")


def plausible(_form: Any, field: Any) -> None:
    if field.data.minor > LARGEST:
        raise ValidationError(_("Check the amount: it seems too large."))


class AmountForm(Form):
    """How much, and in how many payments."""

    amount = MoneyField(
        _l("How much do you want to pledge?"),
        missing=_l("Enter the amount of your pledge."),
        required=True,
        checks=[plausible],
    )
    plan = RadioField(
        _l("How will you pay?"),
        lambda: [
            ("one", _("In one payment")),
            (
                "yearly",
                _("Once a year for three years"),
                _("Three equal payments, on the same day of each year."),
            ),
            ("several", _("In several payments")),
        ],
        missing=_l("Choose whether you pay once or several times."),
        required=True,
    )

    def __init__(self, *args: Any, country: str | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        if (currency := currency_of(country)) in self.amount.currencies:
            self.amount.preset = currency


class OnePaymentForm(Form):
    """When the one payment is planned."""

    due_on = DateField(
        _l("When do you plan to pay?"),
        hint=_l("For example %(day)s. Leave empty if you do not know yet.", day=example_day(2027)),
        first=clock.today,
    )

    def __init__(self, *args: Any, promised: Money, **options: Any) -> None:
        super().__init__(*args, **options)
        self.promised = promised

    def payments(self) -> tuple[Due, ...]:
        day: date | None = self.due_on.data
        return (Due(day, self.promised),) if day else ()


YEARS = 3
"""So many payments a pledge is divided into that is paid once a year."""


def years_after(day: date, years: int) -> date:
    """A day in a later year; the last one of February, where the year has no 29th."""
    year = day.year + years
    return day.replace(year=year, day=min(day.day, monthrange(year, day.month)[1]))


class YearlyForm(Form):
    """The day of the first of three yearly payments; the others follow from it."""

    due_on = DateField(
        _l("When do you plan to make the first payment?"),
        hint=_l("The other two are due on the same day of the next two years."),
        missing=_l("Enter the date."),
        required=True,
        first=clock.today,
    )

    def __init__(self, *args: Any, promised: Money, **options: Any) -> None:
        super().__init__(*args, **options)
        self.promised = promised

    def payments(self) -> tuple[Due, ...]:
        parts = self.promised.allocate([1] * YEARS)
        day: date = self.due_on.data
        return tuple(Due(years_after(day, number), part) for number, part in enumerate(parts))


class PaymentRow(Row):
    """A promised payment."""

    due_on = DateField(
        _l("Pay by"), missing=_l("Enter the date."), required=True, first=clock.today
    )
    amount = AmountField(_l("Amount"), missing=_l("Enter the amount."), required=True)


class SeveralPaymentsForm(Form):
    """When and how much each time; the parts add up to the pledge."""

    rows = RowsField(
        PaymentRow,
        _l("Payments"),
        least=2,
        shown=2,
        most=24,
        add_label=_l("Add a payment"),
        required=True,
    )

    def __init__(self, *args: Any, promised: Money, **options: Any) -> None:
        super().__init__(*args, currency=promised.currency, **options)
        self.promised = promised

    def payments(self) -> tuple[Due, ...]:
        return tuple(Due(row["due_on"], row["amount"]) for row in self.rows.data)

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        parts = total((due.amount for due in self.payments()), self.promised.currency)
        if parts == self.promised:
            return True
        self.refuse(
            _(
                "The payments add up to %(parts)s %(currency)s, but your pledge is "
                "%(pledge)s %(currency)s. Correct the payments or the pledge.",
                parts=parts,
                pledge=self.promised,
                currency=parts.currency,
            )
        )
        return False


class WordsForm(Form):
    """A word to the fund, and whether the public may see who gives."""

    public_name = YesNoField(
        _l("May we publish your name with this pledge?"),
        hint=_l("If not, only the amount is included in published figures."),
        missing=_l("Choose whether we may publish your name."),
        required=True,
    )
    message = LongTextField(
        _l("Message to the fund"),
        hint=_l("Only fund staff can read this."),
        limit=400,
        rows=4,
    )


class ReferenceForm(QueryForm):
    """A reference that a person is about to quote."""

    reference = TextField(
        _l("Reference"), hint=_l("The reference that you will quote with the payment."), limit=60
    )


class ReturnForm(Form):
    """The agreement with the donor's signature."""

    file = FileField(
        _l("The signed agreement"),
        hint=_l("A PDF: signed electronically, or printed, signed and scanned."),
        accept=(".pdf",),
        required=True,
    )


class WithdrawForm(Form):
    """Why a pledge is taken back."""

    reason = LongTextField(
        _l("Why are you withdrawing the pledge?"),
        hint=_l("The fund will read this. It will not be published."),
        required=True,
        limit=400,
        rows=4,
    )
