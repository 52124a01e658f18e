"""What is filled in about periods and legal holds."""

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.platform.forms.fields import EmailField, LongTextField, NumberField
from grants.platform.forms.forms import Form

MOST_YEARS = 50


class YearsForm(Form):
    """For how many years, and why."""

    years = NumberField(_p("retention", "Years"), least=1, most=MOST_YEARS, required=True)
    reason = LongTextField(_l("Reason"), required=True, limit=1000, rows=3)


class HoldForm(Form):
    """Whose data stay, and why."""

    email = EmailField(_l("E-mail address of the person"), required=True)
    reason = LongTextField(_l("Reason"), required=True, limit=1000, rows=3)


class LiftForm(Form):
    """Why the hold ends."""

    reason = LongTextField(_l("Reason"), required=True, limit=1000, rows=3)
