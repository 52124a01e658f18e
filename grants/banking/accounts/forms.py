"""What is filled in to decide on a change of bank details."""

from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.web.fields import LongTextField
from grants.platform.web.forms import Form


class ApproveForm(Form):
    """Nothing to fill in: the change is approved as it was proposed."""


class DeclineForm(Form):
    """Why the details stay as they are."""

    reason = LongTextField(_l("Reason"), required=True, limit=1000, rows=4)
