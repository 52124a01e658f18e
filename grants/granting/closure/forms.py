"""What is filled in to close a grant."""

from grants.platform.web.fields import HiddenField
from grants.platform.web.forms import Form


class CloseForm(Form):
    """The version of the grant that the page showed."""

    version = HiddenField()
