"""What a person writes who asks that their data be erased."""

from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.forms.fields import CheckboxField, LongTextField
from grants.platform.forms.forms import Form


class ErasureForm(Form):
    """What to erase, in the person's own words, and that they know what ends."""

    wish = LongTextField(_l("What should be erased, and why"), limit=1000, rows=4)
    sure = CheckboxField(
        _l("I understand that I will no longer be able to sign in, and that this cannot be undone"),
        required=True,
    )
