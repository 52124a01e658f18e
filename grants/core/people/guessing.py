"""A brake on guessing passphrases that cannot be turned against the people it protects.

Tries are counted by account and network together. Each failure beyond the first few makes the next
try wait longer; nothing is locked. The more fail in total, the fewer are free and the longer the
waits, in networks from which a person never signed in. A person who has signed in from a network
before waits for the failures of that account in that network alone, whatever others try elsewhere
or on other accounts.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import ngettext
from grants.core.people.models import Person, SignIn, SignInAttempt

WINDOW = timedelta(days=1)
"""How long a failed try counts."""


@dataclass(frozen=True, slots=True)
class Brake:
    """So many tries are free; then each one waits twice as long as the one before."""

    free: int
    longest: timedelta
    first: int = 5
    """Seconds of the first wait."""

    def tightened(self, level: int) -> "Brake":
        """Half as many free tries at each level, and waits twice as long; one is always free."""
        level = min(level, 5)
        longest = min(self.longest * 2**level, max(self.longest, timedelta(minutes=2)))
        return Brake(max(self.free >> level, 1), longest, self.first << level)

    def wait(self, failures: int) -> timedelta:
        """How long after the last failure the next try may come."""
        if failures < self.free:
            return timedelta()
        return min(timedelta(seconds=self.first * 2 ** min(failures - self.free, 20)), self.longest)


PAIR = Brake(5, timedelta(minutes=15))
"""One account from one network."""
ACCOUNT = Brake(20, timedelta(minutes=15))
"""One account from all networks; only for a network the person never signed in from."""
NETWORK = Brake(50, timedelta(seconds=10))
"""All accounts from one network; only for people who never signed in from it. A short pause: a
large office is one network, and its newcomers must get in. A link and a passkey pass it.
"""
IN_TOTAL = timedelta(hours=1)
"""How long a failed try counts among all that failed."""
_calm = 300


def use_calm(failures: int) -> None:
    """Set how many tries may fail in an hour, in total, before the brakes tighten."""
    global _calm  # noqa: PLW0603 - one process serves one installation
    _calm = failures


def network_of(address: str) -> str:
    """The network that an address belongs to: one household or office is one, and so is a host
    with many IPv6 addresses.
    """
    try:
        host = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(host, ipaddress.IPv6Address) and host.ipv4_mapped:
        host = host.ipv4_mapped
    return str(ipaddress.ip_network((host, 24 if host.version == 4 else 64), strict=False))


def count_try(session: Session, email: str, network: str) -> None:
    """Count a try before it is checked, so that tries sent at once are all counted.

    DomainError, and nothing counted, while this account has to wait in this network. The caller
    commits before the passphrase is checked, and calls `forget_tries` if it was right.
    """
    account = email.strip().lower()[:254]
    _count_try(session, account, network, familiar=_has_signed_in_from(session, account, network))


def count_code_try(session: Session, person_id: int, network: str) -> None:
    """Count a try at a code of a second factor, as `count_try` does for a passphrase. Where its
    owner has given a right one before, tries from elsewhere do not slow them.
    """
    proved = select(SignIn.id).where(
        SignIn.person_id == person_id, SignIn.network == network, SignIn.proved_at.is_not(None)
    )
    has_proved = True if session.scalar(select(proved.exists())) else None
    _count_try(session, code_account(person_id), network, familiar=has_proved)


def code_account(person_id: int) -> str:
    """Under which name tries at a person's codes are counted."""
    return f"code of {person_id}"


def _count_try(session: Session, account: str, network: str, *, familiar: bool | None) -> None:
    # One transaction at a time for one account: otherwise all tries of a moment see the same count.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(account, 20))))
    moment = clock.now()
    if (until := _free_at(session, account, network, familiar=familiar)) and until > moment:
        raise DomainError(_wait_for(until - moment))
    session.add(SignInAttempt(email=account, address=network, at=moment))


def forget_tries(session: Session, email: str, network: str) -> None:
    """The passphrase was right: what failed before it in this network was its owner."""
    session.execute(
        delete(SignInAttempt).where(
            SignInAttempt.email == email.strip().lower(), SignInAttempt.address == network
        )
    )


def forget_old_tries(session: Session) -> None:
    """Delete the tries that count no more."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < clock.now() - WINDOW))


def _free_at(
    session: Session, account: str, network: str, *, familiar: bool | None
) -> datetime | None:
    """When this account may be tried again from this network; None: at once.

    `known`: has the person signed in from it before? None: their passphrase was right just now.
    """
    of_account, of_network = SignInAttempt.email == account, SignInAttempt.address == network
    level = _alarm_level(session) if familiar is False else 0
    brakes: list[tuple[Brake, list[Any]]] = [(PAIR.tightened(level), [of_account, of_network])]
    if not familiar:
        brakes.append((ACCOUNT, [of_account]))
    if familiar is False:
        brakes.append((NETWORK.tightened(level), [of_network]))
    moments = [_free_after(session, brake, *which) for brake, which in brakes]
    return max((moment for moment in moments if moment), default=None)


def _alarm_level(session: Session) -> int:
    """0 in a calm hour; 1 from as many failures in total as it may have, 2 from twice as many,
    3 from four times as many …
    """
    recent = SignInAttempt.at > clock.now() - IN_TOTAL
    failed = session.scalar(select(func.count()).where(recent)) or 0
    return (failed // _calm).bit_length()


def _free_after(session: Session, brake: Brake, *which: Any) -> datetime | None:
    since = clock.now() - WINDOW
    failures, last = session.execute(
        select(func.count(), func.max(SignInAttempt.at)).where(SignInAttempt.at > since, *which)
    ).one()
    return last + brake.wait(failures) if last else None


def _has_signed_in_from(session: Session, account: str, network: str) -> bool:
    before = (
        select(SignIn.id)
        .join(Person, SignIn.person_id == Person.id)
        .where(func.lower(Person.email) == account, SignIn.network == network)
    )
    return bool(session.scalar(select(before.exists())))


def _wait_for(wait: timedelta) -> str:
    seconds = ceil(wait.total_seconds())
    if seconds <= 90:
        return ngettext(
            "Too many attempts. Wait %(num)s second.",
            "Too many attempts. Wait %(num)s seconds.",
            seconds,
        )
    return ngettext(
        "Too many attempts. Wait %(num)s minute.",
        "Too many attempts. Wait %(num)s minutes.",
        ceil(seconds / 60),
    )
