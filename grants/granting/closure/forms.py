"""What is filled in to close a grant."""

from grants.platform.forms.fields import HiddenField
from grants.platform.forms.forms import Form


class CloseForm(Form):
    """The version of the grant that the page showed."""

    version = HiddenField()
