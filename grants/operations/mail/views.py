"""The page of the mail server: what is set, and a test that says what the server answered."""

from urllib.parse import urlsplit

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from grants.config import Settings
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.platform.layout.chrome import in_menu
from grants.platform.messages.relay import envelope_sender
from grants.platform.messages.trying import Answer, try_server
from grants.platform.web.access import at_work, needs

pages = Blueprint("mail", __name__, url_prefix="/mail-server")


@pages.get("")
@in_menu(_l("Mail server"), 96)
@needs(Permission.FUND_OPEN)
def index() -> ResponseReturnValue:
    """As which mailbox e-mails leave, through which server, and a button that tries it."""
    return _show_page([])


@pages.post("")
@needs(Permission.FUND_OPEN)
def send_test() -> ResponseReturnValue:
    """A test e-mail to the administrator who asks, with each answer of the server."""
    settings = _current_settings()
    if not settings.mail_url:
        return _show_page([])
    return _show_page(list(try_server(settings.mail_url, settings.sender, at_work().email)))


def _show_page(answers: list[Answer]) -> ResponseReturnValue:
    settings = _current_settings()
    return render_template(
        "operations/mail/index.html",
        set_up=bool(settings.mail_url),
        server=_server_name(settings),
        sender=settings.sender,
        bounces=envelope_sender(settings.sender),
        recipient=at_work().email,
        answers=answers,
    )


def _server_name(settings: Settings) -> str:
    """Host and port, without the password that stands beside them in MAIL_URL."""
    if not settings.mail_url:
        return _("none: e-mails are kept as files")
    url = urlsplit(settings.mail_url)
    return f"{url.hostname}:{url.port}" if url.port else str(url.hostname)


def _current_settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
