"""Reading a delivery report (RFC 3464): which of our e-mails came back, and why.

Every mail server returns the Message-ID of what it could not deliver: in the e-mail or its headers
(RFC 3462), in a field of its own, or as what the report answers. Ours cannot be made by others, so
a forged report changes nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage, Message

from grants.platform.messages.post import number_in

LONGEST = 300
"""Characters of what a mail server says that are kept."""
_OUR_ID = re.compile(r"<([0-9]+-[0-9a-f]+)@")
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_NAMING = ("Message-ID", "X-Original-Message-ID", "In-Reply-To", "References")
"""Headers that name the e-mail that a report is about."""
_ABOUT_ADDRESS = frozenset({"0", "1", "4"})
"""Subjects of a status (RFC 3463) that tell of an address or of its domain: it does not exist."""
_DISABLED = ("2", "1")
"""The mailbox is there and takes no e-mail any more; a full one (5.2.2) takes some again."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a mail server says of an e-mail of ours that it could not deliver."""

    message_id: int
    status: str
    """As the mail server has it: 5.1.1."""
    words: str
    permanent: bool
    """The address does not exist, or is closed; otherwise it may work again."""


def read_report(content: bytes) -> Report | None:
    """What an e-mail reports of one of ours; None if it is no report, the e-mail is none of ours,
    or it is only late or has arrived.
    """
    try:
        letter = message_from_bytes(content, policy=policy.default)
        about = _our_number(letter)
        fields = next(_failures(letter), None)
    except (MessageError, ValueError, LookupError):  # what others send may be broken in any way
        return None
    if about is None or fields is None:
        return None
    words = _one_line(fields.get("Diagnostic-Code", ""))
    status = _status_of(_one_line(fields.get("Status", "")), words)
    return Report(about, ".".join(status), words, _is_permanent(status))


def _failures(letter: Message) -> Iterator[Message]:
    """What is said of each recipient whom the e-mail did not reach for good."""
    for part in letter.walk():
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            for fields in part.get_payload():
                if isinstance(fields, Message) and fields.get("Action", "").lower() == "failed":
                    yield fields


def _our_number(letter: EmailMessage) -> int | None:
    """The number of our e-mail that the report names."""
    for text in _texts_naming(letter):
        for given in _OUR_ID.findall(text):
            if (number := number_in(given)) is not None:
                return number
    return None


def _texts_naming(letter: EmailMessage) -> Iterator[str]:
    for part in letter.walk():
        yield from (str(part[name]) for name in _NAMING if part[name])
        if part.get_content_type() in ("text/rfc822-headers", "message/rfc822-headers"):
            yield str(part.get_payload())


def _status_of(stated: str, words: str) -> tuple[str, str, str]:
    """The status, or the one in the words of the server, which is at times the only true one."""
    for text in (words, stated):
        if (match := _STATUS.search(text)) and match[1] != "2":
            return match[1], match[2], match[3]
    return ("5", "0", "0") if re.search(r"\b55[0-4]\b", words) else ("4", "0", "0")


def _is_permanent(status: tuple[str, str, str]) -> bool:
    kind, subject, detail = status
    return kind == "5" and (subject in _ABOUT_ADDRESS or (subject, detail) == _DISABLED)


def _one_line(text: object) -> str:
    """Without the kind of diagnosis ("smtp;") and line breaks."""
    words = " ".join(str(text).split())
    return words.partition(";")[2].strip()[:LONGEST] if ";" in words[:12] else words[:LONGEST]
