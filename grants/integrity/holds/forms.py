"""What is filled in to place, review and lift a hold on an organisation."""

from grants.core.kernel.language import lazy_gettext as _l
from grants.integrity.holds.models import HoldCoverage
from grants.integrity.holds.service import Terms
from grants.platform.forms.fields import DateField, LongTextField, RadioField
from grants.platform.forms.forms import Form
from grants.platform.forms.of_funds import FundUnlessOneForm

NOTICES = [
    ("yes", _l("Notify the organisation")),
    ("no", _l("Do not notify it, because that would harm an investigation")),
]


class HoldForm(FundUnlessOneForm):
    """What is held, why, and what the organisation can do."""

    fund = RadioField(_l("Fund"), required=True)
    coverage = RadioField(
        _l("What is on hold"),
        HoldCoverage,
        hint=_l("While a hold is in place, no award can be approved and no agreement signed."),
        required=True,
    )
    reason = LongTextField(
        _l("Reason"), hint=_l("Only fund staff can see this."), required=True, limit=2000, rows=4
    )
    notified = RadioField(_l("Notification"), NOTICES, required=True)
    remedy = LongTextField(
        _l("What the organisation must do"),
        hint=_l("The organisation will read it in the e-mail and on the pages of its grants."),
        limit=2000,
        rows=4,
    )
    review_on = DateField(
        _l("Review the hold by"),
        hint=_l("The hold stays in place until it is lifted."),
        required=True,
    )

    def terms(self) -> Terms:
        """As the act takes it."""
        return Terms(
            HoldCoverage.of(self.coverage.data),
            self.remedy.data or "",
            self.notified.data == "yes",
            self.review_on.data,
        )


class ReviewForm(Form):
    """By when it is looked at again, and why it stays."""

    review_on = DateField(_l("Review the hold by"), required=True)
    reason = LongTextField(_l("Reason"), required=True, limit=2000, rows=4)


class LiftForm(Form):
    """Why nothing is held any more."""

    reason = LongTextField(_l("Reason"), required=True, limit=2000, rows=4)
