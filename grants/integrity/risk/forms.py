"""What is filled in to rate an organisation and to raise, regrade and lift a flag."""

from collections.abc import Sequence
from typing import Any

from grants.core.funds.models import Fund
from grants.core.kernel.language import lazy_gettext as _l
from grants.integrity.risk.models import Concern, Risk, Severity
from grants.platform.forms.fields import LongTextField, RadioField, SelectField
from grants.platform.forms.forms import Form


class _OfFund(Form):
    """Asks for the fund where a person works for several."""

    fund = RadioField(_l("Fund"), required=True)

    def __init__(self, *args: Any, funds: Sequence[Fund], **options: Any) -> None:
        self.funds = funds
        super().__init__(*args, **options)
        if len(funds) == 1:
            del self.fund
        else:
            self.fund.choices = [(fund.code, fund.title) for fund in funds]

    @property
    def code(self) -> str:
        return self.funds[0].code if len(self.funds) == 1 else self.fund.data or ""


class RateForm(_OfFund):
    """How risky, and what that rests on."""

    level = RadioField(_l("Risk"), Risk, required=True)
    reason = LongTextField(
        _l("What it rests on"),
        hint=_l("For example audit reports, references, a visit, earlier grants."),
        required=True,
        limit=4000,
    )


class FlagForm(_OfFund):
    """A concern."""

    severity = RadioField(
        _l("Severity"),
        Severity,
        hint=_l("A red flag stops awards, agreements and payments until another person lifts it."),
        required=True,
    )
    concern = SelectField(_l("What it is about"), Concern.choices, required=True)
    text = LongTextField(_l("The concern"), required=True, limit=4000)


class RegradeForm(Form):
    """A new severity of a flag, and why."""

    severity = RadioField(_l("Severity"), Severity, required=True)
    reason = LongTextField(_l("Reason"), required=True, limit=2000, rows=4)


class LiftForm(Form):
    """Why a concern is dealt with."""

    reason = LongTextField(_l("Reason"), required=True, limit=2000, rows=4)
