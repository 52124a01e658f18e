"""Writing an e-mail as part of an act."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import BigInteger, String, any_, bindparam, cast, null, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.models import Fund, FundPicture, PictureKind
from grants.core.funds.queries import all_funds
from grants.core.people.models import Person
from grants.platform.messages.jobs import deliver, enqueue_all
from grants.platform.messages.models import Message
from grants.platform.messages.wording import as_html, languages_to_read, other_words, words_of


@dataclass(frozen=True, slots=True)
class Recipient:
    """The recipient of an e-mail. `person_id` None: an address that has no account yet."""

    email: str
    name: str
    language: str = "en"
    person_id: int | None = None

    @classmethod
    def of(cls, person: Person) -> "Recipient":
        return cls(person.email, person.name, person.language, person.id)


def send(
    session: Session,
    recipient: Recipient,
    template: str,
    *,
    event: str,
    attachments: Sequence[dict[str, str]] = (),
    unsubscribe: str | None = None,
    reply_to: str | None = None,
    **facts: Any,
) -> Message:
    """Word an e-mail in the recipient's language and queue it in the act's own transaction.

    `template` is "wing/room/name": templates/<wing>/<room>/email/<name>.txt, whose first line is
    the subject.
    The same `event` for the same address is written once, however often the act is repeated.
    `attachments` name documents of the statements catalogue: {"document": …, "reference": …}.
    `unsubscribe` is the address of RFC 8058, with which mail programs offer to end such e-mails;
    `reply_to` the person whom an answer reaches.
    """
    letter = Letter(recipient, template, event, facts, attachments, unsubscribe, reply_to)
    (message,) = send_all(session, [letter])
    return message


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail to send: see `send`."""

    recipient: Recipient
    template: str
    event: str
    facts: Mapping[str, Any]
    attachments: Sequence[dict[str, str]] = ()
    unsubscribe: str | None = None
    reply_to: str | None = None

    @property
    def name(self) -> str:
        """Under which it is written once."""
        return f"{self.event}:{self.recipient.email.lower()}"[:160]


def send_all(session: Session, letters: Sequence[Letter]) -> list[Message]:
    """Many e-mails, written and queued in as few statements as one; in their order."""
    if not letters:
        return []
    names, funds = [letter.name for letter in letters], _funds_for(session, letters)
    speakers = [_speaker_of(letter.facts, funds) for letter in letters]
    messages, marks = _find_written(session, names, speakers)
    fresh: list[Message] = []
    for letter, speaker in zip(letters, speakers, strict=True):
        if letter.name not in messages:
            messages[letter.name] = _write_message(letter, speaker, marks)
            fresh.append(messages[letter.name])
    session.add_all(fresh)
    session.flush()
    if fresh:
        enqueue_all(session, deliver, [{"message_id": message.id} for message in fresh])
    return [messages[name] for name in names]


def _find_written(
    session: Session, names: Sequence[str], speakers: Iterable[Fund | None]
) -> tuple[dict[str, Message], Mapping[int, str]]:
    """Those of these events that were written before, mostly none; and the marks of the funds."""
    funds = {speaker.id for speaker in speakers if speaker}
    values = {"names": names, "funds": list(funds)}
    rows = session.connection().execute(_KNOWN_AND_MARKS, values).all()
    marks = {fund: mark for fund, mark in rows if fund}
    if len(marks) == len(rows):
        return {}, marks
    written = session.scalars(select(Message).where(Message.event.in_(names)))
    return {message.event: message for message in written}, marks


_KNOWN_AND_MARKS = union_all(
    select(cast(null(), BigInteger), Message.event).where(
        Message.event == any_(bindparam("names", type_=ARRAY(String)))
    ),
    select(FundPicture.fund_id, FundPicture.sha256).where(
        FundPicture.fund_id == any_(bindparam("funds", type_=ARRAY(BigInteger))),
        FundPicture.kind == PictureKind.MARK,
    ),
)


def _write_message(letter: Letter, speaker: Fund | None, marks: Mapping[int, str]) -> Message:
    recipient, template, facts = letter.recipient, letter.template, letter.facts
    words = words_of(speaker, recipient, template, facts, recipient.language)
    others = [asdict(other) for other in other_words(speaker, recipient, template, facts)]
    page = secrets.token_urlsafe(24) if others else None
    return Message(
        event=letter.name,
        person_id=recipient.person_id,
        recipient=recipient.email,
        language=recipient.language,
        subject=words.subject,
        text=words.text,
        html=as_html(
            speaker,
            words,
            marks.get(speaker.id, "") if speaker else "",
            page or "",
            languages_to_read(recipient.language, others),
        ),
        attachments=list(letter.attachments),
        unsubscribe=letter.unsubscribe,
        reply_to=letter.reply_to,
        others=others,
        page=page,
    )


def tell(
    session: Session,
    people: Iterable[Person],
    template: str,
    act: Act,
    *,
    event: str,
    attachments: Sequence[dict[str, str]] = (),
    **facts: Any,
) -> None:
    """Write one e-mail to several people. What the system enters (a history) sends no e-mail."""
    if act.actor.system:
        return
    send_all(
        session,
        [Letter(Recipient.of(person), template, event, facts, attachments) for person in people],
    )


def _funds_for(session: Session, letters: Sequence[Letter]) -> Sequence[Fund]:
    """Every fund, if one of the e-mails does not say in whose name it is written."""
    all_named = all(isinstance(letter.facts.get("fund"), Fund) for letter in letters)
    return () if all_named else all_funds(session)


def _speaker_of(facts: Mapping[str, Any], funds: Sequence[Fund]) -> Fund | None:
    """The fund in whose name is written: the one it is about, else the only one there is."""
    if isinstance(fund := facts.get("fund"), Fund):
        return fund
    about = {getattr(fact, "fund_id", None) for fact in facts.values()}
    candidates = [fund for fund in funds if fund.id in about] or funds
    return candidates[0] if len(candidates) == 1 else None


def preview(fund: Fund, recipient: Recipient, template: str, **facts: Any) -> tuple[str, str]:
    """Subject and text of an e-mail as it would be sent."""
    words = words_of(fund, recipient, template, {**facts, "fund": fund}, recipient.language)
    return words.subject, words.text
