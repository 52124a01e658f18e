"""Tokens are made by an administrator, shown once, and revoked."""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.credentials import digest
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund
from grants.core.people.viewer import Scope
from grants.platform.messages.service import Recipient, send
from grants.publishing.integration.issuing import is_within_a_year, tell_colleagues
from grants.publishing.integration.models import ApiToken, TokenScope
from grants.publishing.integration.queries import ending_tokens

PREFIX = "p20_"
"""How each key begins, so that a program that looks for leaked keys knows it."""
REMINDED = (timedelta(30), timedelta(7))
"""So long before its end a reminder of a token is sent."""
OFTEN = timedelta(hours=1)
"""A use is noted at most so often."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Which program may do what, and until when."""

    name: str
    purpose: TokenScope
    ends_on: date


def make_token(session: Session, fund: Fund, terms: Terms, act: Act) -> tuple[ApiToken, str]:
    """A token and its key, which is shown now and never again. The fund's administrators and
    managers are told. DomainError for an end in the past or more than a year ahead.
    """
    act.demand(Permission.TOKEN_MAKE, Scope(fund.id))
    name = terms.name.strip()[:80]
    if not name or not is_within_a_year(terms.ends_on):
        raise DomainError(_("Enter a name, and a last day within a year from today."))
    key = PREFIX + secrets.token_urlsafe(32)
    person = Person(
        name=f"{name} (program)", email=f"program-{secrets.token_hex(8)}@programs.invalid"
    )
    assert act.actor.person_id is not None
    token = ApiToken(
        name=name,
        purpose=terms.purpose,
        fund=fund,
        person=person,
        token_hash=digest(key),
        hint=key[:8],
        made_by_id=act.actor.person_id,
        made_at=act.at,
        ends_on=terms.ends_on,
    )
    session.add(token)
    facts = {"name": name, "purpose": terms.purpose.value, "ends_on": terms.ends_on.isoformat()}
    record(session, token, "make_token", act, fund=fund.code, **facts)
    tell_colleagues(
        session,
        fund,
        "publishing/integration/made",
        act,
        event=f"token:{token.id}:made",
        program=name,
        purpose=terms.purpose.label,
        until=terms.ends_on,
        url=absolute("/tokens"),
    )
    return token, key


def revoke_token(session: Session, token: ApiToken, act: Act) -> None:
    """The program can no longer come in."""
    act.demand(Permission.TOKEN_MAKE, token.scope)
    session.refresh(token, with_for_update=True)
    if token.revoked_at is not None:
        raise Conflict(_("This token has already been revoked."))
    token.revoked_by_id, token.revoked_at = act.actor.person_id, act.at
    record(session, token, "revoke_token", act)


def remind_of_ends(session: Session) -> None:
    """Administrators of the fund are told a month before a token ends, and again a week before."""
    today = clock.today()
    for token in ending_tokens(session, today + max(REMINDED)):
        days = next(days for days in sorted(REMINDED) if token.ends_on <= today + days)
        for person in people_of_fund(session, Permission.TOKEN_MAKE, token.fund_id):
            send(
                session,
                Recipient.of(person),
                "publishing/integration/ending",
                event=f"token:{token.id}:ending:{days.days}",
                program=token.name,
                fund=token.fund,
                until=token.ends_on,
                url=absolute(f"/tokens/{token.id}"),
            )


def is_use_noted(token: ApiToken) -> bool:
    """Is it noted that the token was used, not long ago?"""
    return token.used_at is not None and clock.now() - token.used_at < OFTEN


def note_use(session: Session, number: int) -> None:
    """The token was used now."""
    session.get_one(ApiToken, number).used_at = clock.now()
