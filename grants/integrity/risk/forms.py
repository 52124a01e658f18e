"""What is filled in to rate an organisation and to raise, regrade and lift a flag."""

from grants.core.kernel import clock
from grants.core.kernel.language import lazy_gettext as _l
from grants.integrity.risk.models import Capacity, Concern, Risk, Severity
from grants.integrity.risk.service import Assessed
from grants.platform.forms.fields import (
    DateField,
    FileField,
    LongTextField,
    RadioField,
    SelectField,
)
from grants.platform.forms.forms import Form
from grants.platform.forms.of_funds import FundUnlessOneForm

PAPERS = (".pdf", ".docx", ".png", ".jpg", ".jpeg")


class _FundForm(FundUnlessOneForm):
    """The fund by whose rules an organisation is looked at."""

    fund = RadioField(_l("Fund"), required=True)


class RateForm(_FundForm):
    """How risky, and what that rests on."""

    level = RadioField(_l("Risk"), Risk, required=True)
    reason = LongTextField(
        _l("What this is based on"),
        hint=_l("For example audit reports, references, a visit, earlier grants."),
        required=True,
        limit=4000,
    )


class SafeguardingForm(_FundForm):
    """How far the organisation is, what that rests on, and until when it holds."""

    capacity = RadioField(_l("Capacity"), Capacity, required=True)
    reason = LongTextField(
        _l("What this is based on"),
        hint=_l(
            "For example, policy, training, safe ways to complain, help for "
            "survivors, and how cases were handled. Do not name victims."
        ),
        required=True,
        limit=4000,
    )
    measures = LongTextField(
        _l("What must the organisation improve, and by when?"),
        hint=_l("Leave empty only if the capacity is rated “Full”."),
        limit=4000,
    )
    assessed_on = DateField(_l("Assessed on"), last=clock.today, required=True)
    valid_until = DateField(
        _l("Valid until"), hint=_l("No more than five years after the assessment."), required=True
    )
    file = FileField(_l("Evidence"), accept=PAPERS, required=True)

    def assessed(self) -> Assessed:
        """As the act takes it."""
        return Assessed(
            Capacity.of(self.capacity.data),
            self.measures.data or "",
            self.assessed_on.data,
            self.valid_until.data,
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
