"""What is asked about the name of an organisation in public."""

from grants.core.kernel.language import lazy_gettext as _l
from grants.deciding.awards.models import Announcement
from grants.platform.forms.fields import RadioField
from grants.platform.forms.forms import Form


class NamingForm(Form):
    """Whether the public reads who has a grant."""

    announced = RadioField(
        _l("What may the public read?"),
        lambda: [
            (Announcement.NAMED.value, _l("The organisation, its project and its country")),
            (
                Announcement.UNNAMED.value,
                _l(
                    "Neither the organisation nor the project, and the region instead "
                    "of the country"
                ),
            ),
        ],
        required=True,
    )
