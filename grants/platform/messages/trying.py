"""A test e-mail, and what the mail server said to each step of it."""

import secrets
import smtplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.policy import SMTP

from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.platform.messages.relay import begin_letter, envelope_sender, mail_server
from grants.variables import Mailbox

MOST = 500
"""Letters of an answer that are shown."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the mail server said to one step."""

    step: str
    words: str
    good: bool = True


def try_server(mail_url: str, sender: Mailbox, recipient: str) -> Iterator[Answer]:
    """Send a test e-mail; each step with the answer of the server, up to the first that fails."""
    try:
        server = mail_server(mail_url, sender)
    except (OSError, smtplib.SMTPException, DomainError) as fault:
        yield Answer(_("Connection and sign-in"), _why(fault), good=False)
        return
    yield Answer(_("Connection and sign-in"), _("accepted"))
    with server:
        for step, ask in _steps(server, sender, recipient):
            answer = _ask_server(step, ask)
            yield answer
            if not answer.good:
                return


def _steps(
    server: smtplib.SMTP, sender: Mailbox, recipient: str
) -> Iterator[tuple[str, Callable[[], tuple[int, bytes]]]]:
    letter = begin_letter(sender, secrets.token_hex(16), clock.now())
    letter["To"] = recipient
    letter["Subject"] = _("Test e-mail")
    letter.set_content(
        _(
            "This is a test of the mail server. If you can read this message, e-mails from the "
            "fund are being delivered."
        )
    )
    envelope = envelope_sender(sender)
    yield _("Sender %(address)s", address=envelope), lambda: server.mail(envelope)
    yield _("Recipient %(address)s", address=recipient), lambda: server.rcpt(recipient)
    yield _("Text of the e-mail"), lambda: server.data(letter.as_bytes(policy=SMTP))


def _ask_server(step: str, ask: Callable[[], tuple[int, bytes]]) -> Answer:
    try:
        code, words = ask()
    except (OSError, smtplib.SMTPException) as fault:
        return Answer(step, _why(fault), good=False)
    return Answer(step, _in_words(code, words), good=200 <= code < 300)


def _in_words(code: int, words: bytes) -> str:
    return f"{code} {words.decode('utf-8', 'replace')}"[:MOST]


def _why(fault: Exception) -> str:
    """The server's own words where there are any."""
    if isinstance(fault, smtplib.SMTPResponseException):
        words = fault.smtp_error
        return _in_words(fault.smtp_code, words if isinstance(words, bytes) else words.encode())
    return (str(fault) or type(fault).__name__)[:MOST]
