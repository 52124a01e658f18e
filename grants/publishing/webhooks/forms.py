"""What is filled in to make a webhook."""

from grants.core.kernel import clock
from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.forms.fields import (
    CheckboxesField,
    DateField,
    RadioField,
    SelectField,
    TextField,
)
from grants.platform.forms.of_funds import FundForm
from grants.publishing.webhooks.calling import MOST
from grants.publishing.webhooks.models import BodyScope, WebhookEvent
from grants.publishing.webhooks.service import Terms


class WebhookForm(FundForm):
    """Which system of which fund, at which address, is notified of what, until when."""

    name = TextField(
        _l("Name of the system"), hint=_l("Such as Data warehouse."), required=True, limit=80
    )
    fund = SelectField(_l("Fund"), required=True)
    url = TextField(
        _l("Address"),
        hint=_l("It begins with https:// and is on the internet. Redirects are not followed."),
        required=True,
        limit=MOST,
    )
    events = CheckboxesField(_l("Events"), WebhookEvent, required=True)
    body_scope = RadioField(
        _l("Content of an event"),
        BodyScope,
        required=True,
        hint=_l("It never names a person or an organisation."),
    )
    ends_on = DateField(
        _l("Send until"),
        hint=_l("No later than one year from today."),
        first=clock.today,
        required=True,
    )

    @property
    def terms(self) -> Terms:
        """What was filled in, once the form is valid."""
        return Terms(
            self.name.data or "",
            (self.url.data or "").strip(),
            [WebhookEvent(code) for code in self.events.data],
            BodyScope(self.body_scope.data),
            self.ends_on.data,
        )
