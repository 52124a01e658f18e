"""Agreements that are to be signed online."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from grants.giving.pledges.models import Pledge
from grants.giving.pledges.signatures.models import AgreementSigning
from grants.giving.pledges.signatures.workflow import OPEN, AgreementState
from grants.giving.pledges.workflow import OFFERED


def open_agreement(session: Session, pledge: Pledge) -> AgreementSigning | None:
    """The agreement on a pledge that is still to be signed online, if the pledge may be signed."""
    if pledge.state not in OFFERED:
        return None
    return session.scalar(
        select(AgreementSigning).where(
            AgreementSigning.pledge_id == pledge.id, AgreementSigning.state.in_(OPEN)
        )
    )


def awaits_fund() -> ColumnElement[bool]:
    """Has the donor of a pledge signed its agreement online, and the fund has not yet?"""
    return exists().where(
        AgreementSigning.pledge_id == Pledge.id,
        AgreementSigning.state == AgreementState.COUNTERSIGN,
    )


def signed_by_donor(session: Session, pledge_ids: Collection[int]) -> set[int]:
    """The pledges whose donor has signed online; the fund signs next."""
    query = select(AgreementSigning.pledge_id).where(
        AgreementSigning.pledge_id.in_(pledge_ids),
        AgreementSigning.state == AgreementState.COUNTERSIGN,
    )
    return {*session.scalars(query)}
