"""Codes by e-mail: a signatory without a second factor shows that the mailbox is theirs.

A code is for one person and one paper, works once and for a quarter of an hour, and stops after
five tries. A try is counted in a transaction of its own, before the code is looked at. Whether the
person may sign the paper is asked by the room that it belongs to.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Person
from grants.core.proofs.secrets import decrypted, encrypted
from grants.platform.messages.service import Recipient, send
from grants.platform.signatures.models import SigningCode

DIGITS = 6
LIFE = timedelta(minutes=15)
MOST_TRIES = 5
MOST_IN_AN_HOUR = 5


@dataclass(frozen=True, slots=True)
class Coded:
    """The paper that a code is for."""

    subject: str
    number: int
    facts: Mapping[str, Any]
    """What the e-mail says of it: `fund`, `paper`, `title` and `url`."""


def send_code(session: Session, paper: Coded, act: Act) -> None:
    """E-mail a new code to the signatory who acts; an earlier one stops working."""
    person = _person_of(session, act)
    moment = clock.now()
    mine = select(func.count()).where(
        *_codes_of(paper, person.id), SigningCode.made_at > moment - timedelta(hours=1)
    )
    if (session.scalar(mine) or 0) >= MOST_IN_AN_HOUR:
        raise DomainError(_("We have sent you several codes. Wait an hour before the next one."))
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    row = SigningCode(
        subject=paper.subject,
        subject_id=paper.number,
        person_id=person.id,
        cipher=encrypted(code, _owner_of(paper, person.id)),
        made_at=moment,
        expires_at=moment + LIFE,
    )
    session.add(row)
    session.flush()
    facts = {**paper.facts, "code": code, "minutes": LIFE // timedelta(minutes=1)}
    event = f"{paper.subject}:{paper.number}:code:{row.id}"
    send(session, Recipient.of(person), "platform/signatures/code", event=event, **facts)


def can_be_tried(session: Session, paper: Coded, person_id: int | None) -> bool:
    """Whether a code that was sent to this person still works for this paper."""
    return _still_works(session.scalar(_newest_code(paper, person_id)))


def count_try(session: Session, paper: Coded, act: Act) -> None:
    """Count a try at the code before it is looked at. DomainError while there is no code to try:
    none was sent, it is too old, was used, or was tried too often. The caller commits.
    """
    code = _locked_code(session, paper, act)
    if code is None or not _still_works(code):
        raise DomainError(_("Your code no longer works. Ask for a new one."))
    code.tries += 1
    session.flush()


def use_code(session: Session, paper: Coded, typed: str, act: Act) -> None:
    """Use the code up. DomainError unless it is the one that was sent to this person for this
    paper.
    """
    code = _locked_code(session, paper, act)
    plain = code and decrypted(code.cipher, _owner_of(paper, code.person_id))
    digits = "".join(sign for sign in typed if sign.isdecimal())
    if code is None or not plain or code.used_at or code.expires_at <= clock.now():
        raise DomainError(_("Your code no longer works. Ask for a new one."))
    if not hmac.compare_digest(plain.encode(), digits.encode()):
        raise DomainError(_("This is not the code that we sent you. Check the newest e-mail."))
    code.used_at = clock.now()
    session.flush()


def forget_old_codes(session: Session) -> None:
    """Delete the codes of yesterday and before."""
    before = clock.now() - timedelta(days=1)
    session.execute(delete(SigningCode).where(SigningCode.made_at < before))


def _codes_of(paper: Coded, person_id: int | None) -> tuple[Any, ...]:
    return (
        SigningCode.subject == paper.subject,
        SigningCode.subject_id == paper.number,
        SigningCode.person_id == person_id,
    )


def _newest_code(paper: Coded, person_id: int | None) -> Select[SigningCode]:
    """The last code of this person: an earlier one does not work."""
    codes = select(SigningCode).where(*_codes_of(paper, person_id))
    return codes.order_by(SigningCode.id.desc()).limit(1)


def _locked_code(session: Session, paper: Coded, act: Act) -> SigningCode | None:
    newest = _newest_code(paper, act.actor.person_id).with_for_update()
    return session.scalar(newest.execution_options(populate_existing=True))


def _still_works(code: SigningCode | None) -> bool:
    return bool(
        code and not code.used_at and code.expires_at > clock.now() and code.tries < MOST_TRIES
    )


def _owner_of(paper: Coded, person_id: int) -> str:
    return f"{paper.subject} {paper.number} person {person_id}"


def _person_of(session: Session, act: Act) -> Person:
    person = session.get(Person, act.actor.person_id)
    assert person is not None
    return person
