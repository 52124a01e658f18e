"""The mail server of MAIL_URL: how we reach it, sign in, and begin a letter for it."""

import smtplib
import ssl
import subprocess
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.variables import Mailbox, is_local

PATIENCE = 30
"""Seconds in which the server answers each step, and in which a command gives the token."""


def begin_letter(sender: Mailbox, key: str, at: datetime) -> EmailMessage:
    """A letter with what every one of ours carries; recipient, subject and text are still to come.

    Programs that answer by themselves (an absence) leave what is auto-generated alone.
    """
    letter = EmailMessage()
    letter["Message-ID"] = f"<{key}@{sender.address.rpartition('@')[2]}>"
    letter["From"] = Address(sender.name, addr_spec=sender.address)
    if sender.reply_to:
        letter["Reply-To"] = sender.reply_to
    letter["Date"] = format_datetime(at)
    letter["Auto-Submitted"] = "auto-generated"
    return letter


def envelope_sender(sender: Mailbox) -> str:
    """Where the mail server sends back what it cannot deliver."""
    return sender.bounces or sender.address


def mail_server(mail_url: str, sender: Mailbox | None = None) -> smtplib.SMTP:
    """A connection to the server of MAIL_URL, signed in.

    `smtps://` is TLS from the first byte, `smtp://` STARTTLS; the certificate is checked against
    the authorities of the system and the name. A server that offers no TLS gets no e-mail, unless
    it is on this machine or MAIL_URL ends in `?tls=no`.
    """
    url = urlsplit(mail_url)
    host = url.hostname or "localhost"
    trusted = ssl.create_default_context()
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, url.port or 465, timeout=PATIENCE, context=trusted
        )
    else:
        server = smtplib.SMTP(host, url.port or 25, timeout=PATIENCE)
        if url.query != "tls=no" and not is_local(mail_url):
            _start_tls(server, trusted)
    try:
        _sign_in(server, unquote(url.username or ""), unquote(url.password or ""), sender)
    except Exception:
        server.close()
        raise
    return server


def _start_tls(server: smtplib.SMTP, trusted: ssl.SSLContext) -> None:
    try:
        server.starttls(context=trusted)
    except Exception:
        server.close()
        raise


def _sign_in(server: smtplib.SMTP, user: str, password: str, sender: Mailbox | None) -> None:
    """With a token of OAuth 2.0 where one is set (XOAUTH2), else with the password of MAIL_URL."""
    server.ehlo_or_helo_if_needed()
    if sender and (sender.token_file or sender.token_command):
        proof = f"user={user or sender.address}\x01auth=Bearer {_token_of(sender)}\x01\x01"
        # The server says why it refuses in a challenge, which is answered with nothing.
        server.auth("XOAUTH2", lambda challenge=None: "" if challenge else proof)
    elif user:
        server.login(user, password)


def _token_of(sender: Mailbox) -> str:
    """The token as it is now: a file that something else renews, or what a command prints."""
    try:
        if sender.token_file:
            return sender.token_file.read_text("ascii").strip()
        process = subprocess.run(
            sender.token_command, capture_output=True, text=True, check=True, timeout=PATIENCE
        )
    except (OSError, ValueError, subprocess.SubprocessError) as fault:
        raise DomainError(
            _("There is no token for the mail server: %(why)s.", why=type(fault).__name__)
        ) from fault
    return process.stdout.strip()
