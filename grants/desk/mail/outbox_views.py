"""E-mails that this installation would have sent, while it is tried out: without MAIL_URL each is
as a file under DATA_DIR/mail. In production there is no such page, nor
under any other name than this machine's own.
"""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from grants.config import Settings
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.platform.web.access import public
from grants.platform.web.downloads import attachment
from grants.variables import is_local

pages = Blueprint("outbox", __name__, url_prefix="/outbox")

MOST = 200
LINK = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail as it would have left."""

    name: str
    message: EmailMessage

    @property
    def to(self) -> str:
        return str(self.message["To"])

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def at(self) -> object:
        return parsedate_to_datetime(str(self.message["Date"]))

    @property
    def paragraphs(self) -> list[Markup]:
        """The text of the letter, with links that can be followed."""
        body = self.message.get_body(("plain",))
        text = body.get_content() if body else ""
        return [_with_links(part.strip()) for part in text.split("\n\n") if part.strip()]

    @property
    def files(self) -> list[tuple[int, str, int]]:
        """(place, name, bytes)."""
        return [
            (place, part.get_filename() or "", len(part.get_payload(decode=True) or b""))
            for place, part in enumerate(self.message.iter_attachments())
        ]


def _with_links(text: str) -> Markup:
    """Text with its addresses as links."""
    parts, end = [], 0
    for match in LINK.finditer(text):
        parts += [escape(text[end : match.start()])]
        parts += [Markup('<a class="govuk-link" href="{0}">{0}</a>').format(match[0])]
        end = match.end()
    return Markup().join([*parts, escape(text[end:])])


def _mail_folder() -> Path:
    settings: Settings = current_app.extensions["settings"]
    if settings.production or not is_local(request.host_url):
        raise Missing(_("Page not found."))
    return settings.data_dir / "mail"


def _newest_letters() -> Iterator[Letter]:
    """The newest first."""
    files = sorted(
        _mail_folder().glob("*.eml"), key=lambda path: path.stat().st_mtime, reverse=True
    )
    for path in files[:MOST]:
        yield _read_letter(path)


def _read_letter(path: Path) -> Letter:
    message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    return Letter(path.stem, message)


def _letter_by_name(name: str) -> Letter:
    for path in _mail_folder().glob("*.eml"):
        if path.stem == name:
            return _read_letter(path)
    raise Missing(_("E-mail not found."))


@pages.get("")
@public
def index() -> ResponseReturnValue:
    """What would have been sent."""
    return render_template("desk/mail/outbox.html", letters=list(_newest_letters()))


@pages.get("/<name>")
@public
def show(name: str) -> ResponseReturnValue:
    """One e-mail, as its reader would see it."""
    return render_template("desk/mail/letter.html", letter=_letter_by_name(name))


@pages.get("/<name>/<int:place>")
@public
def file(name: str, place: int) -> ResponseReturnValue:
    """A file that comes with an e-mail."""
    parts = list(_letter_by_name(name).message.iter_attachments())
    if place >= len(parts):
        raise Missing(_("File not found."))
    content = parts[place].get_payload(decode=True)
    assert isinstance(content, bytes)
    return attachment(
        parts[place].get_filename() or "file", parts[place].get_content_type(), content
    )
