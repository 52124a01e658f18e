"""What is filled in to rate an organisation and to raise, regrade and lift a flag."""

from grants.core.kernel.language import lazy_gettext as _l
from grants.integrity.risk.models import Concern, Risk, Severity
from grants.platform.forms.fields import LongTextField, RadioField, SelectField
from grants.platform.forms.forms import Form
from grants.platform.forms.of_funds import FundUnlessOneForm


class _FundForm(FundUnlessOneForm):
    """The fund by whose rules an organisation is looked at."""

    fund = RadioField(_l("Fund"), required=True)


class RateForm(_FundForm):
    """How risky, and what that rests on."""

    level = RadioField(_l("Risk"), Risk, required=True)
    reason = LongTextField(
        _l("What it rests on"),
        hint=_l("For example audit reports, references, a visit, earlier grants."),
        required=True,
        limit=4000,
    )


class FlagForm(_FundForm):
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
