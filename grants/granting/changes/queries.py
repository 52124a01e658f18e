"""Terms in force of a grant, its changes, and what of them waits for a person."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from grants.core.audit.queries import handled_by
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.deciding.awards.models import Award
from grants.granting.changes.models import GrantChange
from grants.granting.changes.stated import stated_of
from grants.granting.changes.terms import BudgetTerm, PaymentTerm, ReportTerm, Terms
from grants.granting.changes.workflow import EFFECTIVE, OPEN, ChangeState
from grants.granting.payments.queries import instalments_of, returns_of
from grants.granting.payments.workflow import UNTOUCHED
from grants.granting.reporting.queries import budget_of, read_by, reports_of, within
from grants.granting.signing.models import Signing
from grants.granting.signing.workflow import OPEN as OUT

S = ChangeState
P = Permission


def terms_of(session: Session, award: Award) -> Terms:
    """The terms of a signed grant as they are in force now."""
    returned = {payment.instalment_id for payment in returns_of(session, award.id)}
    terms = Terms(
        award.amount,
        award.starts_on,
        award.ends_on,
        tuple(
            PaymentTerm(
                part.number,
                part.amount,
                part.due_on,
                part.state in UNTOUCHED and part.id not in returned and not part.set_off_minor,
            )
            for part in instalments_of(session, award.id)
        ),
        tuple(
            ReportTerm(
                report.number,
                report.kind,
                report.covers_from,
                report.covers_to,
                report.due_on,
                report.is_due,
            )
            for report in reports_of(session, award.id)
        ),
        tuple(
            BudgetTerm(line.category, line.label, line.amount)
            for line in budget_of(session, award.id)
        ),
        award.country or "",
        suspended_on=award.suspended_on,
    )
    stated = stated_of(session, award)
    changes = changes_in_force(session, award)
    latest = changes[-1].terms_after if changes else terms
    return replace(
        terms,
        place=latest.place or stated.place,
        partner=latest.partner or stated.partner,
        signatory=latest.signatory or stated.signatory,
    )


def signed_terms(session: Session, award: Award) -> Terms:
    """The terms of a grant as its agreement was signed, whatever has changed since."""
    changes = changes_in_force(session, award)
    return changes[0].terms_before if changes else terms_of(session, award)


def approved_terms(session: Session, award: Award) -> Terms:
    """The terms from which revisions by notice are measured: signed, or approved last."""
    approved = signed_terms(session, award)
    for change in changes_in_force(session, award):
        if not change.by_notice:
            approved = change.terms_after
    return approved


def changes_of(session: Session, award: Award) -> Sequence[GrantChange]:
    """Every change of a grant, the newest first."""
    return session.scalars(
        select(GrantChange)
        .where(GrantChange.award_id == award.id)
        .order_by(GrantChange.number.desc())
    ).all()


def changes_by_grant(session: Session, awards: Sequence[int]) -> dict[int, list[GrantChange]]:
    """The changes of several grants, by the id of the grant, the newest first."""
    changes: dict[int, list[GrantChange]] = {award_id: [] for award_id in awards}
    for change in session.scalars(
        select(GrantChange)
        .where(GrantChange.award_id.in_(awards))
        .order_by(GrantChange.number.desc())
    ):
        changes[change.award_id].append(change)
    return changes


def changes_in_force(session: Session, award: Award) -> Sequence[GrantChange]:
    """The changes of a grant that took effect, in the order in which they did."""
    return session.scalars(
        select(GrantChange)
        .where(GrantChange.award_id == award.id, GrantChange.state.in_(EFFECTIVE))
        .order_by(GrantChange.in_force_at, GrantChange.id)
    ).all()


def open_changes(session: Session, award: Award) -> Sequence[GrantChange]:
    """The changes of a grant that are not decided or not signed yet."""
    return session.scalars(
        select(GrantChange)
        .where(GrantChange.award_id == award.id, GrantChange.state.in_(OPEN))
        .order_by(GrantChange.number)
    ).all()


def changes_for(viewer: Viewer) -> Select[GrantChange]:
    """Every change this person may see, with its grant."""
    return (
        select(GrantChange)
        .join(GrantChange.award)
        .join(Award.organisation)
        .where(or_(within(viewer, P.DISBURSEMENT_SEE), read_by(viewer)))
        .options(contains_eager(GrantChange.award).contains_eager(Award.organisation))
    )


def change_for_viewer(session: Session, reference: str, number: int, viewer: Viewer) -> GrantChange:
    """One change of a grant, or Missing."""
    change = session.scalar(
        changes_for(viewer).where(Award.reference == reference, GrantChange.number == number)
    )
    if change is None:
        raise Missing(_("Change not found."))
    return change


def waiting_for(viewer: Viewer) -> Select[GrantChange]:
    """The changes of the person's funds that are not in force yet."""
    ours = within(viewer, P.DISBURSEMENT_SEE)
    return changes_for(viewer).where(ours, GrantChange.state.in_(OPEN))


def to_examine(viewer: Viewer) -> Select[int]:
    """How many requests this person is to recommend or not."""
    return _count(within(viewer, P.GRANT_CHANGE_RECOMMEND), GrantChange.state == S.REQUESTED)


def to_approve(viewer: Viewer) -> Select[int]:
    """How many recommended changes wait for this person's approval: none of their own."""
    return _count(
        within(viewer, P.GRANT_CHANGE_APPROVE),
        GrantChange.state == S.RECOMMENDED,
        GrantChange.id.not_in(
            handled_by(viewer, GrantChange, "create", "recommend", "give_approval")
        ),
    )


def to_record(viewer: Viewer) -> Select[int]:
    """How many amendments that the organisation has signed this person is to record."""
    return _count(within(viewer, P.AGREEMENT_SIGN), GrantChange.state == S.RETURNED)


def to_follow(viewer: Viewer) -> Select[int]:
    """How many approved amendments this person is to send for signature."""
    return _count(within(viewer, P.AGREEMENT_SIGN), not_sent())


def to_correct(viewer: Viewer) -> Select[int]:
    """How many requests came back to this person's organisations."""
    ours = _of_organisations(viewer, P.GRANT_CHANGE_REQUEST)
    return _count(ours, GrantChange.state == S.SENT_BACK)


def not_in_force(viewer: Viewer) -> Select[int]:
    """How many agreed changes could not be put in force on their day."""
    is_past = GrantChange.effective_on < clock.today()
    ours = within(viewer, P.GRANT_CHANGE_RECOMMEND)
    return _count(ours, GrantChange.state == S.AGREED, is_past)


def not_sent() -> ColumnElement[bool]:
    """Approved, and not out to be signed."""
    is_out = select(Signing.id).where(
        Signing.award_id == GrantChange.award_id, Signing.state.in_(OUT)
    )
    return and_(GrantChange.state == S.APPROVED, ~is_out.exists())


def _of_organisations(viewer: Viewer, permission: Permission) -> ColumnElement[bool]:
    organisations = viewer.organisations_with(permission)
    return Award.organisation_id.in_(organisations) if organisations else false()


def _count(*conditions: ColumnElement[bool]) -> Select[int]:
    query = select(func.count()).select_from(GrantChange).join(GrantChange.award)
    return query.where(*conditions)
