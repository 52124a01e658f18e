"""Proving who a person is: passphrases, one-time links, signed-in browsers."""

import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from grants.core.database.seals import fits, seal
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Link, Person, SignIn
from grants.core.people.passphrases import refuse_weak
from grants.core.people.queries import person_by_email

CHOOSE = "passphrase"
"""Purpose of the link with which a person chooses a passphrase."""
LINK_LIFE = timedelta(days=3)
LINKS_IN_AN_HOUR = 5
NOTHING: Mapping[str, Any] = {}

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""OWASP's argon2id setting: 19 MiB, two passes."""
_NOBODY = _hasher.hash(secrets.token_hex())
"""Hash verified for an unknown address, so that it takes as long as a known one."""
TRIMMED = "trimmed:"
"""Before a hash of a time when spaces at the ends of a passphrase were left out (until 2026)."""


def digest(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def choose_passphrase(session: Session, person: Person, passphrase: str) -> None:
    """Set a passphrase, end every signed-in browser and every link for a new passphrase.

    DomainError if it is too short, too easy to guess, or built on the person's or a fund's name.
    """
    personal = [person.email, *re.split(r"[@.\W]+", person.email), *person.name.split()]
    for code, name in session.execute(select(Fund.code, Fund.name)):
        personal += [
            code,
            *name.values(),
            *(word for text in name.values() for word in text.split()),
        ]
    refuse_weak(passphrase, personal)
    person.password_hash = _hasher.hash(passphrase)
    end_sign_ins(session, person.id)
    end_links(session, CHOOSE, person.email)


def check_passphrase(session: Session, email: str, passphrase: str) -> Person | None:
    """The person, or None: the same answer in the same time for an unknown address.

    The passphrase counts exactly as it was typed. The caller has counted the try
    (`guessing.count_try`) in a transaction of its own.
    """
    person = person_by_email(session, email)
    stored = person.password_hash if person and person.password_hash else _NOBODY
    trimmed = stored.startswith(TRIMMED)
    try:
        _hasher.verify(stored.removeprefix(TRIMMED), passphrase.strip() if trimmed else passphrase)
    except VerifyMismatchError:
        return None
    return person if stored != _NOBODY else None


def make_link(
    session: Session,
    purpose: str,
    email: str,
    about: Mapping[str, Any] = NOTHING,
    *,
    expires_at: datetime | None = None,
    **facts: Any,
) -> str:
    """A one-time token for a link in an e-mail; works for three days, or until `expires_at`.

    Older links of this purpose to the same address, about the same thing, stop working.
    """
    end_links(session, purpose, email, about)
    token = secrets.token_urlsafe(32)
    moment = clock.now()
    session.add(
        Link(
            token_hash=digest(token),
            purpose=purpose,
            email=email,
            facts={**about, **facts},
            made_at=moment,
            expires_at=expires_at or moment + LINK_LIFE,
        )
    )
    return token


def end_links(
    session: Session, purpose: str, email: str, about: Mapping[str, Any] = NOTHING
) -> None:
    """The links of this purpose to an address, about this thing, stop working."""
    moment = clock.now()
    working = select(Link).where(
        Link.purpose == purpose,
        func.lower(Link.email) == email.strip().lower(),
        Link.facts.contains(dict(about)),
        Link.used_at.is_(None),
        Link.expires_at > moment,
    )
    for link in session.scalars(working):
        if fits(link):
            link.expires_at = moment
            seal(link)


def too_many_links(session: Session, purpose: str, email: str) -> bool:
    """Have so many links of this purpose gone to an address that another only fills its mailbox?"""
    sent = session.scalars(
        select(Link.made_at).where(
            Link.purpose == purpose,
            func.lower(Link.email) == email.strip().lower(),
            Link.made_at > clock.now() - timedelta(hours=1),
        )
    ).all()
    return len(sent) >= LINKS_IN_AN_HOUR


def link_with(session: Session, token: str, purpose: str, *, locked: bool = False) -> Link | None:
    """The link with this token that the application made, used or not."""
    query = select(Link).where(Link.token_hash == digest(token), Link.purpose == purpose)
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    link = session.scalar(query)
    return link if link and fits(link) else None


def open_link(session: Session, token: str, purpose: str) -> Link:
    """Look at a link without using it up. DomainError if used, expired or unknown."""
    return _valid_link(link_with(session, token, purpose))


def use_link(session: Session, token: str, purpose: str) -> Link:
    """Use a link up; of two clicks at the same moment one is refused."""
    link = _valid_link(link_with(session, token, purpose, locked=True))
    link.used_at = clock.now()
    seal(link)
    session.flush()
    return link


def _valid_link(link: Link | None) -> Link:
    if link is None or link.used_at or link.expires_at <= clock.now():
        raise DomainError(_("This link has been used or has expired. Request a new one."))
    return link


def sign_in(
    session: Session,
    person: Person,
    browser: str,
    network: str = "",
    proved_at: datetime | None = None,
) -> str:
    """Begin a signed-in browser; the token goes into its cookie. `proved_at`: when a second factor
    was used, if one was.
    """
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            token_hash=digest(token),
            person_id=person.id,
            begun_at=clock.now(),
            browser=browser[:200],
            network=network,
            proved_at=proved_at,
        )
    )
    return token


def open_sign_ins(
    session: Session, person_id: int, longest: timedelta = timedelta(days=1)
) -> Sequence[SignIn]:
    """The person's browsers that have been signed in for `longest` at most, the newest first."""
    return session.scalars(
        select(SignIn)
        .where(
            SignIn.person_id == person_id,
            SignIn.ended_at.is_(None),
            SignIn.begun_at > clock.now() - longest,
        )
        .order_by(SignIn.id.desc())
    ).all()


def end_sign_in(session: Session, person_id: int, sign_in_id: int) -> None:
    """End one of the person's own browsers; another person's number ends nothing."""
    session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.person_id == person_id, SignIn.ended_at.is_(None))
        .values(ended_at=clock.now(), seal="")
    )


def sign_out(session: Session, token: str) -> None:
    """End one signed-in browser."""
    session.execute(
        update(SignIn)
        .where(SignIn.token_hash == digest(token))
        .values(ended_at=clock.now(), seal="")
    )


def end_sign_ins(session: Session, person_id: int) -> None:
    """End all of a person's browsers: after a new passphrase, or when a person leaves."""
    session.execute(
        update(SignIn)
        .where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
        .values(ended_at=clock.now(), seal="")
    )
