"""What is filled in to change a setting."""

from grants.books.settings.workflow import Setting
from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.web.fields import AmountField, LongTextField, NumberField
from grants.platform.web.forms import Form


class AmountForm(Form):
    """Another amount, and why."""

    value = AmountField(_l("New amount"), zero=True, required=True)
    reason = LongTextField(_l("Reason"), required=True, limit=1000, rows=4)


class PercentForm(Form):
    """Another percentage, and why."""

    value = NumberField(
        _l("New percentage"), most=100, places=2, suffix=_l("percent"), required=True
    )
    reason = LongTextField(_l("Reason"), required=True, limit=1000, rows=4)


def form_of(setting: Setting) -> AmountForm | PercentForm:
    """The form for a setting's kind of value."""
    return AmountForm() if setting.in_money else PercentForm()


class ApproveForm(Form):
    """Nothing to fill in: the change is approved as it was proposed."""


class DeclineForm(Form):
    """Why a setting stays as it is."""

    reason = LongTextField(_l("Reason"), required=True, limit=1000, rows=4)
