"""What waits for a person about payments: to certify, approve, pay, follow, decide, confirm."""

from datetime import timedelta

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import Session

from grants.core.audit.queries import handled_by
from grants.core.kernel import clock
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.deciding.awards.models import Award
from grants.granting.bank_details.models import BankDetails
from grants.granting.payments.models import Instalment
from grants.granting.payments.queries import SOON
from grants.granting.payments.workflow import TO_CERTIFY, UNPAID, InstalmentState
from grants.granting.reporting.queries import read_by, within


def to_certify(viewer: Viewer) -> Select[int]:
    """How many instalments of running grants are due by today, for this person to certify."""
    due = (
        Instalment.state.in_(TO_CERTIFY),
        Instalment.due_on <= clock.today(),
        Award.suspended_on.is_(None),
    )
    return _how_many(within(viewer, Permission.INSTALMENT_CERTIFY), *due)


def coming(viewer: Viewer) -> Select[int]:
    """How many instalments this person is to certify or approve in the days that come soon."""
    today = clock.today()
    days = Instalment.due_on > today, Instalment.due_on <= today + timedelta(SOON)
    concerned = or_(
        within(viewer, Permission.INSTALMENT_CERTIFY), within(viewer, Permission.INSTALMENT_APPROVE)
    )
    return _how_many(concerned, *days, Instalment.state.in_(UNPAID))


def to_approve(viewer: Viewer) -> Select[int]:
    """How many certified instalments wait for this person to approve their payment; not those to
    an account that they confirmed themselves, nor those that they certified.
    """
    certified = Instalment.state == InstalmentState.CERTIFIED, Award.suspended_on.is_(None)
    called = handled_by(viewer, BankDetails, "check")
    by_others = or_(Instalment.bank_details_id.is_(None), Instalment.bank_details_id.not_in(called))
    not_own = Instalment.id.not_in(handled_by(viewer, Instalment, "certify"))
    return _how_many(within(viewer, Permission.INSTALMENT_APPROVE), *certified, by_others, not_own)


def to_release(viewer: Viewer) -> Select[int]:
    """How many approved instalments wait for this person to have them paid."""
    approved = Instalment.state == InstalmentState.APPROVED, Award.suspended_on.is_(None)
    return _how_many(within(viewer, Permission.INSTALMENT_RELEASE), *approved)


def to_follow(viewer: Viewer) -> Select[int]:
    """How many payments were sent, of which this person has not recorded what the bank did."""
    sent = Instalment.state == InstalmentState.SENT
    return _how_many(within(viewer, Permission.INSTALMENT_RELEASE), sent)


def on_hold(viewer: Viewer) -> Select[int]:
    """How many instalments are held, on which this person decides."""
    held = Instalment.state == InstalmentState.HELD
    return _how_many(within(viewer, Permission.INSTALMENT_HOLD), held)


def to_confirm(viewer: Viewer) -> Select[int]:
    """How many payments to the own organisation it has not confirmed, nor said to be missing."""
    confirms = viewer.organisations_with(Permission.INSTALMENT_CONFIRM)
    paid_to = Award.organisation_id.in_(confirms) if confirms else false()
    unsaid = Instalment.state == InstalmentState.PAID, Instalment.not_arrived_at.is_(None)
    return _how_many(paid_to, *unsaid)


def receipts_to_check(viewer: Viewer) -> Select[int]:
    """How many payments grantees miss, or received less of, on which this person answers."""
    concerned = within(viewer, Permission.INSTALMENT_RELEASE)
    return _how_many(concerned, Instalment.receipt_to_check.is_(True))


def receipts_with_fund(viewer: Viewer) -> Select[int]:
    """How many payments this person's organisations miss, or received less of, without an answer
    of the fund yet.
    """
    return _how_many(read_by(viewer), Instalment.receipt_to_check.is_(True))


WORK = {
    "certify": to_certify,
    "approve": to_approve,
    "release": to_release,
    "follow": to_follow,
    "hold": on_hold,
    "coming": coming,
}
"""What may wait for a person, by what they do about it."""


def waiting(session: Session, viewer: Viewer) -> dict[str, int]:
    """How many instalments wait for this person, by what they do about them."""
    counts = [query(viewer).scalar_subquery().label(name) for name, query in WORK.items()]
    return dict(session.execute(select(*counts)).mappings().one())


def to_handle(viewer: Viewer) -> Select[int]:
    """How many instalments this person is to certify, to approve or to have paid."""
    certify, approve, release = (
        query(viewer).scalar_subquery() for query in (to_certify, to_approve, to_release)
    )
    return select(certify + approve + release)


def accounts_to_correct(viewer: Viewer) -> Select[int]:
    """How many payments the bank refused for their account, which this person's organisations
    have to correct.
    """
    gives = viewer.organisations_with(Permission.PAYEE_REQUEST)
    concerned = Award.organisation_id.in_(gives) if gives else false()
    in_force_still = select(BankDetails.id).where(
        BankDetails.id == Instalment.refused_details_id, BankDetails.is_in_force
    )
    return _how_many(concerned, Instalment.state.in_(UNPAID), in_force_still.exists())


def _how_many(*conditions: ColumnElement[bool]) -> Select[int]:
    query = select(func.count()).select_from(Instalment).join(Instalment.award)
    return query.where(Award.is_running, *conditions)
