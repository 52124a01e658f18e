"""The amendment as a paper that both sides sign online, and what holds once they have."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import require
from grants.core.kernel.errors import Conflict
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.deciding.awards.locking import lock_award
from grants.deciding.awards.models import Award
from grants.granting.changes import notices
from grants.granting.changes.effect import bring_about
from grants.granting.changes.models import GrantChange
from grants.granting.changes.service import as_drawn_up, drop, require_no_hold_on_more
from grants.granting.changes.workflow import CHANGE, ChangeState
from grants.granting.signing.models import Signing
from grants.granting.signing.papers import Kind
from grants.granting.signing.queries import open_signing
from grants.granting.signing.service import send_out
from grants.granting.signing.workflow import Side


def send_amendment(session: Session, change: GrantChange, language: str, act: Act) -> Signing:
    """Send the amendment of an approved change to be signed online, as it was drawn up.

    Not by the person who approved it. Conflict where the grant has changed since.
    """
    require(session, change, CHANGE, "put_in_force", act)
    return send_out(session, change.award, AMENDMENT.name, _reference_of(change), language, act)


def signed_change(session: Session, reference: str) -> GrantChange:
    """The change whose amendment has this reference in the catalogue of papers."""
    grant, _slash, number = reference.rpartition("/")
    query = select(GrantChange).join(GrantChange.award)
    return session.scalars(
        query.where(Award.reference == grant, GrantChange.number == int(number))
    ).one()


def signing_of(session: Session, change: GrantChange) -> Signing | None:
    """The amendment of a change, while it is out to be signed."""
    signing = open_signing(session, change.award_id)
    return signing if signing and signing.reference == _reference_of(change) else None


def _reference_of(change: GrantChange) -> str:
    return f"{change.award.reference}/{change.number}"


def _require_ready(session: Session, _award: Award, reference: str, act: Act) -> None:
    change = signed_change(session, reference)
    if change.state is not ChangeState.APPROVED:
        raise Conflict(_("This amendment is not waiting for signatures."))
    require_no_hold_on_more(session, change, act)
    as_drawn_up(session, change)


def _require_officer(session: Session, award: Award, act: Act) -> None:
    act.demand(Permission.AGREEMENT_SIGN, award.scope)
    if signing := open_signing(session, award.id):
        require(session, signed_change(session, signing.reference), CHANGE, "put_in_force", act)


def conclude(session: Session, signing: Signing, act: Act) -> None:
    """Both sides have signed the amendment that was sent out: its terms are in force, or agreed
    until their day.
    """
    award = lock_award(session, signing.award_id)
    change = signed_change(session, signing.reference)
    session.refresh(change)
    action = "countersign" if signing.first is Side.FUND else "put_in_force"
    require(session, change, CHANGE, action, act)
    now, new = as_drawn_up(session, change)
    change.document = signing.signed_document
    day = award.fund.day_of(act.at).isoformat()
    bring_about(session, change, now, new, action, act, signed_on=day)
    notices.tell_effect(session, change, act)


def _lapse(session: Session, signing: Signing, act: Act) -> None:
    reason = f"The amendment was not signed by {signing.sign_by}."
    drop(session, signed_change(session, signing.reference), replace(act, reason=reason))


AMENDMENT = Kind(
    name="amendment",
    document="amendment",
    label=_l("Amendment to a grant agreement"),
    require_ready=_require_ready,
    require_officer=_require_officer,
    conclude=conclude,
    lapse=_lapse,
    page="changes.of_grant",
)
