"""What is filled in to publish results."""

from grants.platform.forms.fields import HiddenField
from grants.platform.forms.forms import Form


class PublishForm(Form):
    """What the page showed."""

    seen = HiddenField()
