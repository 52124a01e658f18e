"""E-mails that could not be sent yet, for those who run the fund or the installation."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from grants.core.people.permissions import Permission
from grants.platform.messages import queries
from grants.platform.undelivered.queries import undelivered_now
from grants.platform.web.access import needs
from grants.platform.web.database import session

pages = Blueprint("messages", __name__)


@pages.get("/emails/delayed")
@needs(Permission.MESSAGE_SEE)
def delayed() -> ResponseReturnValue:
    """What has not been sent although the worker has tried, and to whom."""
    return render_template(
        "desk/mail/delayed-messages.html",
        delayed_messages=queries.delayed_messages(session()),
        undelivered=undelivered_now(session()),
    )
