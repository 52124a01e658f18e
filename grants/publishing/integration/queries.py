"""Tokens, as administrators list them and as programs show them."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from grants.core.audit.models import TrailRow
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.credentials import digest
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Standing, Viewer
from grants.publishing.integration.models import ApiToken


def tokens_for(viewer: Viewer) -> Select[ApiToken]:
    """The tokens of the funds whose administrator this person is."""
    query = select(ApiToken).options(
        selectinload(ApiToken.fund), selectinload(ApiToken.person), selectinload(ApiToken.made_by)
    )
    return query.where(in_funds_with(viewer, Permission.TOKEN_MAKE, ApiToken.fund_id))


def token_for_viewer(session: Session, number: int, viewer: Viewer) -> ApiToken:
    """A token of these funds, or Missing."""
    token = session.scalar(tokens_for(viewer).where(ApiToken.id == number))
    if token is None:
        raise Missing(_("Token not found."))
    return token


def newest_acts(session: Session, token: ApiToken) -> Sequence[TrailRow]:
    """What the program of a token did last."""
    query = select(TrailRow).where(TrailRow.person_id == token.person_id)
    return session.scalars(query.order_by(TrailRow.id.desc()).limit(20)).all()


def token_of_key(session: Session, key: str) -> ApiToken | None:
    """The token whose key a program shows, while it is taken."""
    query = select(ApiToken).where(ApiToken.token_hash == digest(key))
    token = session.scalar(query.options(joinedload(ApiToken.fund), joinedload(ApiToken.person)))
    return token if token is not None and token.is_valid else None


def ending_tokens(session: Session, until: date) -> Sequence[ApiToken]:
    """Tokens that are taken today and end by this day."""
    query = select(ApiToken).where(
        ApiToken.revoked_at.is_(None), ApiToken.ends_on >= clock.today(), ApiToken.ends_on <= until
    )
    return session.scalars(query.order_by(ApiToken.id)).all()


def program_of(token: ApiToken) -> Viewer:
    """The program as it acts: in one role of one fund, and with what its scope says of it."""
    return Viewer(
        token.person.name,
        token.person_id,
        token.person.email,
        standings=(Standing(token.reach.role, token.fund_id),),
        only=token.reach.permissions,
    )
