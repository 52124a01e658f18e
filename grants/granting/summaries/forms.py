"""What is asked about a summary for the public."""

from grants.core.kernel.language import lazy_gettext as _l
from grants.granting.summaries.models import SummaryDecision
from grants.platform.forms.fields import LongTextField, RadioField
from grants.platform.forms.forms import Form


class SummaryForm(Form):
    """Whether everyone reads it."""

    decision = RadioField(
        _l("May everyone read this text?"),
        lambda: [
            (SummaryDecision.RELEASED.value, _l("Yes, publish it with the grant")),
            (SummaryDecision.WITHHELD.value, _l("No, do not publish it")),
        ],
        required=True,
    )
    reason = LongTextField(
        _l("Reason"),
        hint=_l("Only if it is not published. The public does not read it."),
        limit=1000,
    )
