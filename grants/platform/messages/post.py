"""The post office: sends queued e-mails by SMTP, or writes them as files to DATA_DIR/mail."""

import re
import smtplib
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from grants.core.database.db import Database
from grants.core.database.seals import text_in, token
from grants.core.funds.models import FundPicture
from grants.core.kernel import clock
from grants.core.kernel.language import use_language
from grants.platform.messages.models import Message
from grants.platform.messages.relay import begin_letter, envelope_sender, mail_server
from grants.platform.messages.wording import languages_to_read, text_head
from grants.variables import Mailbox

PATIENCE, PAUSE = 300, 0.2
"""Seconds for which an e-mail that has left waits for a database that went away, and how often it
asks: a worker takes a job of another one for stopped after 30 seconds (`jobs.STALLED`).
"""
_NAMED = "e-mails"
"""Purpose of the token in a Message-ID."""
_MARK = re.compile(r'src="cid:([0-9a-f]{64})"')
Render = Callable[[str, str], tuple[str, bytes]]
"""(document, reference) → (file name, PDF bytes), in the current language."""


@dataclass(frozen=True)
class PostOffice:
    """Delivers each e-mail at least once, and in all but one case exactly once.

    A database that goes away after the mail server has taken the letter is waited for. Only a
    worker that is killed in the milliseconds between the two sends the same letter again, under the
    same Message-ID: a file is overwritten, a mailbox may show it twice.
    """

    database: Database
    folder: Path
    sender: Mailbox
    render: Render
    mail_url: str | None = None

    def deliver(self, message_id: int) -> None:
        has_left = False
        try:
            with ExitStack() as afterwards, self.database.transaction() as session:
                message = session.get(Message, message_id, with_for_update=True)
                if message is None or message.sent_at:
                    return
                afterwards.enter_context(self._send_letter(self._letter_of(message)))
                has_left = True
                message.sent_at = clock.now()
        except DBAPIError:
            if not has_left:
                raise
            self._mark_sent(message_id)

    def _mark_sent(self, message_id: int) -> None:
        """The letter has left, and the database was lost before it was told: tell it once it is
        back.
        """
        marked = update(Message).where(Message.id == message_id, Message.sent_at.is_(None))
        end = time.monotonic() + PATIENCE
        while True:
            try:
                with self.database.transaction() as session:
                    session.execute(marked.values(sent_at=clock.now()))
            except DBAPIError:
                if time.monotonic() > end:
                    raise
                time.sleep(PAUSE)
            else:
                return

    def _letter_of(self, message: Message) -> EmailMessage:
        letter = begin_letter(self.sender, message_key(message.id), message.queued_at)
        letter["To"] = message.recipient
        letter["Subject"] = message.subject
        if message.unsubscribe:
            letter["List-Unsubscribe"] = f"<{message.unsubscribe}>"
            letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        if message.reply_to:
            del letter["Reply-To"]
            letter["Reply-To"] = message.reply_to
        letter.set_content(_text_of(message))
        letter.add_alternative(message.html, subtype="html")
        self._add_mark(letter, message.html)
        for attachment in message.attachments:
            with use_language(attachment.get("language", message.language)):
                name, content = self.render(attachment["document"], attachment["reference"])
            letter.add_attachment(content, maintype="application", subtype="pdf", filename=name)
        return letter

    def _add_mark(self, letter: EmailMessage, html: str) -> None:
        """The mark of the fund that the page of the e-mail names, if the fund still has it."""
        match = _MARK.search(html)
        if match is None:
            return
        with self.database.session() as session:
            mark = session.scalar(select(FundPicture.content).filter_by(sha256=match[1]))
        if mark:
            page = letter.get_body(("html",))
            assert page is not None
            page.add_related(mark, maintype="image", subtype="png", cid=f"<{match[1]}>")

    @contextmanager
    def _send_letter(self, letter: EmailMessage) -> Iterator[None]:
        """The letter has left; the server is left afterwards, as its goodbye changes nothing."""
        if not self.mail_url:
            self._save_to_folder(letter)
            yield
            return
        server = mail_server(self.mail_url, self.sender)
        try:
            server.send_message(letter, from_addr=envelope_sender(self.sender))
            yield
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
        finally:
            server.close()

    def _save_to_folder(self, letter: EmailMessage) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = letter["Message-ID"].strip("<>").split("@")[0]
        unfinished = self.folder / f".{name}"
        unfinished.write_bytes(bytes(letter))
        unfinished.replace(self.folder / f"{name}.eml")


def _text_of(message: Message) -> str:
    """The plain text, below the address at which it is read in other languages."""
    if not message.page:
        return message.text
    return (
        text_head(message.page, languages_to_read(message.language, message.others)) + message.text
    )


def message_key(message_id: int) -> str:
    """The part of the Message-ID that names the e-mail. Only the application can make it, so that
    nobody else can report that an e-mail came back.
    """
    return token(_NAMED, str(message_id))


def number_in(key: str) -> int | None:
    """The number of the e-mail with this key; None if the key is not ours."""
    number = text_in(_NAMED, key)
    return int(number) if number and number.isdecimal() else None
