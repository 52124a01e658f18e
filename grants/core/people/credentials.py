"""Proving who a person is: passphrases, one-time links, and a limit on guessing."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import ScalarSelect, func, select, update
from sqlalchemy.orm import Session

from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Link, Person, SignIn, SignInAttempt
from grants.core.people.queries import person_by_email

SHORTEST_PASSPHRASE = 15
LINK_LIFE = timedelta(days=3)
SIGN_IN_LIFE = timedelta(hours=12)
ATTEMPT_WINDOW = timedelta(minutes=15)
ATTEMPTS_FOR_ACCOUNT = 10
ATTEMPTS_FOR_ADDRESS = 50
_WEAK = ("password", "passphrase", "qwertyuiop", "123456789", "letmein", "iloveyou")

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""OWASP's argon2id setting: 19 MiB, two passes."""
_NOBODY = _hasher.hash(secrets.token_hex())
"""Hash verified for an unknown address, so that it takes as long as a known one."""


def digest(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def choose_passphrase(session: Session, person: Person, passphrase: str) -> None:
    """Set a passphrase and end every other signed-in browser.

    DomainError if it is short, a single repeated character, or built on the person's own name.
    """
    text = passphrase.strip()
    if len(text) < SHORTEST_PASSPHRASE:
        raise DomainError(
            _(
                "Use at least %(count)s characters: a short sentence is easy to remember.",
                count=SHORTEST_PASSPHRASE,
            )
        )
    if _easy_to_guess(text.lower(), person):
        raise DomainError(_("This is too easy to guess. Use a short sentence of your own."))
    person.password_hash = _hasher.hash(text)
    end_sign_ins(session, person.id)


def _easy_to_guess(plain: str, person: Person) -> bool:
    """What is left without common words and the person's own name is too little."""
    known = (
        *_WEAK,
        person.email.lower(),
        *person.email.lower().split("@"),
        *person.name.lower().split(),
    )
    left = plain
    for word in known:
        left = left.replace(word, "")
    return len(set(left)) < 5


def check_passphrase(session: Session, email: str, passphrase: str, address: str) -> Person | None:
    """The person, or None: the same answer in the same time for an unknown address.

    Forbidden while too many tries have failed for this account or from this address. A failed
    try must be noted by the caller in a transaction of its own (`note_failure`).
    """
    if _failures(session, SignInAttempt.email, email.lower()) >= ATTEMPTS_FOR_ACCOUNT or (
        _failures(session, SignInAttempt.address, address) >= ATTEMPTS_FOR_ADDRESS
    ):
        raise Forbidden(_("Too many attempts. Wait 15 minutes, or request a link by e-mail."))
    person = person_by_email(session, email)
    known = person.password_hash if person and person.password_hash else _NOBODY
    try:
        _hasher.verify(known, passphrase.strip())
    except VerifyMismatchError:
        return None
    return person if known != _NOBODY else None


def note_failure(session: Session, email: str, address: str) -> None:
    """Count a failed try."""
    session.add(SignInAttempt(email=email.lower()[:254], address=address[:64], at=clock.now()))


def _failures(session: Session, column: Any, value: str) -> int:
    since = clock.now() - ATTEMPT_WINDOW
    return (
        session.scalar(
            select(func.count())
            .select_from(SignInAttempt)
            .where(column == value, SignInAttempt.at > since)
        )
        or 0
    )


def make_link(session: Session, purpose: str, email: str, **facts: Any) -> str:
    """A one-time token for a link in an e-mail; works for three days."""
    token = secrets.token_urlsafe(32)
    moment = clock.now()
    session.add(
        Link(
            token_hash=digest(token),
            purpose=purpose,
            email=email,
            facts=facts,
            made_at=moment,
            expires_at=moment + LINK_LIFE,
        )
    )
    return token


def open_link(session: Session, token: str, purpose: str) -> Link:
    """Look at a link without using it up. DomainError if used, expired or unknown."""
    link = session.scalar(
        select(Link).where(Link.token_hash == digest(token), Link.purpose == purpose)
    )
    if link is None or link.used_at or link.expires_at < clock.now():
        raise DomainError(_("This link has been used or has expired. Ask for a new one."))
    return link


def use_link(session: Session, token: str, purpose: str) -> Link:
    """Use a link up; of two clicks at the same moment one is refused."""
    link = open_link(session, token, purpose)
    used = session.execute(
        update(Link).where(Link.id == link.id, Link.used_at.is_(None)).values(used_at=clock.now())
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise DomainError(_("This link has been used or has expired. Ask for a new one."))
    return link


def sign_in(session: Session, person: Person, browser: str) -> str:
    """Begin a signed-in browser; the token goes into its cookie."""
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            token_hash=digest(token),
            person_id=person.id,
            begun_at=clock.now(),
            browser=browser[:200],
        )
    )
    return token


def browser_sign_in(token: str) -> ScalarSelect[int]:
    """The id of the person whose browser this is, unless it was signed out or twelve hours have
    gone; a part of a query, so that one query finds who is signed in.
    """
    query = select(SignIn.person_id).where(
        SignIn.token_hash == digest(token),
        SignIn.ended_at.is_(None),
        SignIn.begun_at > clock.now() - SIGN_IN_LIFE,
    )
    return query.scalar_subquery()


def open_sign_ins(session: Session, person_id: int) -> Sequence[SignIn]:
    """The person's signed-in browsers, the newest first."""
    return session.scalars(
        select(SignIn)
        .where(
            SignIn.person_id == person_id,
            SignIn.ended_at.is_(None),
            SignIn.begun_at > clock.now() - SIGN_IN_LIFE,
        )
        .order_by(SignIn.id.desc())
    ).all()


def end_sign_in(session: Session, person_id: int, sign_in_id: int) -> None:
    """End one of the person's own browsers; another person's number ends nothing."""
    session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.person_id == person_id, SignIn.ended_at.is_(None))
        .values(ended_at=clock.now())
    )


def sign_out(session: Session, token: str) -> None:
    """End one signed-in browser."""
    session.execute(
        update(SignIn).where(SignIn.token_hash == digest(token)).values(ended_at=clock.now())
    )


def end_sign_ins(session: Session, person_id: int) -> None:
    """End all of a person's browsers: after a new passphrase, or when a person leaves."""
    session.execute(
        update(SignIn)
        .where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
        .values(ended_at=clock.now())
    )
