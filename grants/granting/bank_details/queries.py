"""Finding bank details: of an organisation, for those who check them, for payments."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, joinedload

from grants.core.audit.queries import handled_by
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Scope, Viewer
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import STANDING
from grants.granting.bank_details.models import BankDetails
from grants.granting.bank_details.workflow import OPEN, DetailsState


def _of_funds(viewer: Viewer, permission: Permission) -> ColumnElement[bool]:
    return in_funds_with(viewer, permission, BankDetails.fund_id)


def of_own_organisations(viewer: Viewer) -> ColumnElement[bool]:
    """Details of the organisations for which this person writes."""
    organisations = viewer.organisations_with(Permission.REPORT_WRITE)
    return BankDetails.organisation_id.in_(organisations) if organisations else false()


def sees_details(viewer: Viewer, scope: Scope) -> bool:
    """May this person know where the organisation of a grant is paid?"""
    needed = (Permission.DISBURSEMENT_SEE, Permission.REPORT_WRITE)
    return any(viewer.may(permission, scope) for permission in needed)


def grants_by_fund(session: Session, organisation_id: int) -> Sequence[Award]:
    """The newest grant of an organisation in each fund that is not cancelled or closed."""
    return session.scalars(
        select(Award)
        .where(
            Award.organisation_id == organisation_id,
            Award.state.in_(STANDING),
        )
        .ext(distinct_on(Award.fund_id))
        .order_by(Award.fund_id, Award.id.desc())
        .options(joinedload(Award.fund))
    ).all()


def details_for(viewer: Viewer) -> Select[BankDetails]:
    """The details this person may see: of the funds they pay for, or of their organisations."""
    return (
        select(BankDetails)
        .where(or_(_of_funds(viewer, Permission.DISBURSEMENT_SEE), of_own_organisations(viewer)))
        .options(joinedload(BankDetails.organisation), joinedload(BankDetails.fund))
    )


def details_for_viewer(session: Session, details_id: int, viewer: Viewer) -> BankDetails:
    """One set of details, or Missing."""
    details = session.scalar(details_for(viewer).where(BankDetails.id == details_id))
    if details is None:
        raise Missing(_("Bank details not found."))
    return details


def details_of(session: Session, fund_id: int, organisation_id: int) -> Sequence[BankDetails]:
    """Everything an organisation ever stated to a fund, the newest first."""
    return session.scalars(
        select(BankDetails)
        .where(BankDetails.fund_id == fund_id, BankDetails.organisation_id == organisation_id)
        .order_by(BankDetails.id.desc())
    ).all()


def in_force(session: Session, fund_id: int, organisation_id: int) -> BankDetails | None:
    """The details that count: approved, and not replaced."""
    return session.scalar(
        select(BankDetails).where(
            BankDetails.fund_id == fund_id,
            BankDetails.organisation_id == organisation_id,
            BankDetails.state == DetailsState.IN_FORCE,
        )
    )


def open_request(session: Session, fund_id: int, organisation_id: int) -> BankDetails | None:
    """Details that wait to be checked or approved."""
    return session.scalar(
        select(BankDetails).where(
            BankDetails.fund_id == fund_id,
            BankDetails.organisation_id == organisation_id,
            BankDetails.state.in_(OPEN),
        )
    )


def waiting_for(viewer: Viewer) -> Select[BankDetails]:
    """Details that this person may check or approve now; not those they checked themselves."""
    to_check = _of_funds(viewer, Permission.PAYEE_CHECK)
    to_approve = _of_funds(viewer, Permission.PAYEE_APPROVE)
    return details_for(viewer).where(
        or_(
            to_check & (BankDetails.state == DetailsState.REQUESTED),
            to_approve & (BankDetails.state == DetailsState.CHECKED),
        ),
        BankDetails.id.not_in(handled_by(viewer, BankDetails, "create", "check")),
    )


def approved_by(viewer: Viewer) -> Select[BankDetails]:
    """The details of the funds for which this person approves accounts."""
    return details_for(viewer).where(_of_funds(viewer, Permission.PAYEE_APPROVE))


def waiting_count(viewer: Viewer) -> Select[int]:
    """How many bank details wait for this person."""
    waiting = waiting_for(viewer).with_only_columns(func.count(), maintain_column_froms=True)
    return waiting.order_by(None)
