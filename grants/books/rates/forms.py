"""What is asked and entered about exchange rates."""

from decimal import Decimal

from wtforms.validators import ValidationError

from grants.books.ledger.rates import UNORE, NewRate
from grants.books.rates.queries import RateFilter
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, currencies
from grants.core.texts.cells import plain_decimal
from grants.platform.forms.fields import CheckboxField, DateField, FileField, TextField
from grants.platform.forms.forms import Form, QueryForm


class RatesForm(QueryForm):
    """Which rates to list."""

    code = TextField(_l("Currency"), hint=_l("Its code, such as EUR."), limit=3, width=5)
    since = DateField(_l("From"))
    until = DateField(_l("To"))

    @property
    def criteria(self) -> RateFilter:
        self.validate()
        code = (self.code.data or "").upper()
        return RateFilter(code, self.since.data, self.until.data)


class DayForm(QueryForm):
    """Which currency, on which day."""

    code = TextField(_l("Currency"), hint=_l("Its code, such as EUR."), limit=3, width=5)
    on = DateField(_l("Date"))


class RateForm(Form):
    """A rate as it was published."""

    code = TextField(
        _l("Currency"), hint=_l("Its code, such as EUR."), required=True, limit=3, width=5
    )
    effective_on = DateField(_l("Takes effect on"), required=True)
    rate = TextField(
        _l("Units of the currency for 1 USD"),
        hint=_l("With all published decimals, such as 0.921."),
        required=True,
        limit=30,
        width=10,
    )
    source = TextField(_l("Published by"), required=True, limit=80)
    known = CheckboxField(
        _l("I understand that entries already posted keep their rate"),
        hint=_l("Required if entries on these dates were posted at an earlier rate."),
    )

    def validate_code(self, field: TextField) -> None:
        code = (field.data or "").upper()
        if code == FUNCTIONAL_CURRENCY or code not in currencies():
            raise ValidationError(_("Enter the code of a currency other than USD, such as EUR."))

    def validate_rate(self, field: TextField) -> None:
        try:
            plain_decimal(field.data or "")
        except InvalidInput as wrong:
            raise ValidationError(wrong.message) from wrong

    @property
    def published(self) -> NewRate:
        """What was typed, once the form is valid."""
        rate: Decimal = plain_decimal(self.rate.data or "")
        return NewRate((self.code.data or "").upper(), self.effective_on.data, rate)


class RatesFileForm(Form):
    """A file of rates."""

    file = FileField(
        _l("File of exchange rates"),
        hint=_l("CSV with the columns currency, effective_on and rate."),
        accept=(".csv",),
        most=2,
        required=True,
    )
    source = TextField(_l("Published by"), required=True, limit=80)


USUAL = {"source": UNORE}
