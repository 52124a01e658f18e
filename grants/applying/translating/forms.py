"""The form of a translation."""

from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.forms.fields import LongTextField
from grants.platform.forms.forms import Form
from grants.platform.questions.words import LONGEST


class TranslationForm(Form):
    """The words of a translation."""

    text = LongTextField(_l("Translation"), required=True, limit=LONGEST, rows=12)
