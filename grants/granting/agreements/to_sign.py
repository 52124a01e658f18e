"""The agreement as a paper that both sides sign, and who waits for it."""

from dataclasses import replace

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import require
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.deciding.awards.models import Award
from grants.deciding.awards.service import lapse_award
from grants.deciding.awards.workflow import AWARD
from grants.granting.agreements.service import conclude, require_ready, require_sendable
from grants.granting.reporting.queries import within
from grants.granting.signing.models import Signing
from grants.granting.signing.papers import Kind
from grants.granting.signing.service import send_out
from grants.granting.signing.workflow import OPEN


def _require_officer(session: Session, award: Award, act: Act) -> None:
    require(session, award, AWARD, "sign_agreement", act)


def _lapse(session: Session, signing: Signing, act: Act) -> None:
    reason = f"The agreement was not signed by {signing.sign_by}."
    lapse_award(session, signing.award, replace(act, reason=reason))


AGREEMENT = Kind(
    name="agreement",
    document="agreement",
    label=_l("Grant agreement"),
    require_ready=require_ready,
    require_officer=_require_officer,
    conclude=conclude,
    lapse=_lapse,
    page="agreements.show",
)


def send_agreement(session: Session, award: Award, language: str, act: Act) -> Signing:
    """Send the agreement on an award to be signed, as its terms stand now: once its grantee has
    prepared what the fund asks for.
    """
    require_sendable(session, award, act)
    return send_out(session, award, AGREEMENT.name, award.reference, language, act)


def to_send(viewer: Viewer) -> Select[int]:
    """How many agreements of this person's funds are to be sent for signature."""
    is_out = select(Signing.id).where(Signing.award_id == Award.id, Signing.state.in_(OPEN))
    query = select(func.count()).select_from(Award).where(~is_out.exists())
    return query.where(Award.awaits_agreement, within(viewer, Permission.AGREEMENT_SIGN))
