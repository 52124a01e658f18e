"""Changes of a grant: asked for or begun, examined, approved by another person, withdrawn.

Each act locks the fund’s money and then the grant, as payments do, so that whatever it has read
still holds when it writes: no instalment is certified or paid in between.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.books.ledger.entries import Voucher
from grants.books.ledger.spending import release_reservation, reserve_award
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, record, require
from grants.core.audit.queries import trail_of
from grants.core.funds.approvals import approvers_for
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import keep_apart
from grants.core.texts.formats import plain_day
from grants.deciding.awards.locking import lock_award
from grants.deciding.awards.models import Award
from grants.granting.changes import notices
from grants.granting.changes.effect import bring_about
from grants.granting.changes.kinds import KINDS, Kind, is_within
from grants.granting.changes.models import GrantChange
from grants.granting.changes.queries import approved_terms, open_changes, terms_of
from grants.granting.changes.terms import Terms
from grants.granting.changes.workflow import CHANGE, RESERVING, UNSIGNED, ChangeKind, ChangeState
from grants.granting.signing.queries import require_none_out
from grants.integrity.holds.service import refuse_held, require_no_hold

Asked = Mapping[str, Any]


def request_change(
    session: Session,
    award: Award,
    kind: ChangeKind,
    asked: Asked,
    act: Act,
    effective_on: date | None = None,
) -> GrantChange:
    """The organisation asks for a change, with its reason; the fund is told. A budget revision
    within the fund's tolerance is a notice: in force at once, or from its day.

    DomainError past the fund's deadline and for terms that cannot be; Conflict while another
    change that both sign is open.
    """
    act.demand(Permission.GRANT_CHANGE_REQUEST, award.scope)
    award = _lock_award(session, award)
    row = KINDS[kind]
    if not row.of_grantee:
        raise Forbidden(_("Only the fund can begin this change."))
    require_in_time(award, row)
    change = _begin_change(session, award, row, asked, act, effective_on, by_grantee=True)
    if change.by_notice:
        require(session, change, CHANGE, "give_notice", act)
        before, after = change.terms_before, change.terms_after
        bring_about(session, change, before, after, "give_notice", act)
        notices.tell_fund(session, change, "noticed", Permission.GRANT_CHANGE_RECOMMEND, act)
    else:
        notices.tell_fund(session, change, "requested", Permission.GRANT_CHANGE_RECOMMEND, act)
    return change


def begin_change(
    session: Session,
    award: Award,
    kind: ChangeKind,
    asked: Asked,
    act: Act,
    effective_on: date | None = None,
) -> GrantChange:
    """The fund begins a change itself: recommended with its reason, for another to approve."""
    act.demand(Permission.GRANT_CHANGE_RECOMMEND, award.scope)
    keep_apart(act.actor, award.organisation_id)
    award = _lock_award(session, award)
    row = KINDS[kind]
    change = _begin_change(session, award, row, asked, act, effective_on, by_grantee=False)
    advance(session, change, CHANGE, "recommend", act)
    notices.tell_fund(session, change, "recommended", Permission.GRANT_CHANGE_APPROVE, act)
    return change


def _begin_change(
    session: Session,
    award: Award,
    row: Kind,
    asked: Asked,
    act: Act,
    effective_on: date | None,
    *,
    by_grantee: bool,
) -> GrantChange:
    reason = (act.reason or "").strip()
    if not reason:
        raise DomainError(_("Enter a reason. It will be kept on record."))
    require_none_open(session, award, row)
    before = terms_of(session, award)
    after = row.propose(before, asked)
    last = select(func.max(GrantChange.number)).where(GrantChange.award_id == award.id)
    change = GrantChange(
        award=award,
        number=(session.scalar(last) or 0) + 1,
        kind=row.code,
        by_grantee=by_grantee,
        by_notice=by_grantee and _is_notice(session, award, row, after),
        asked=dict(asked),
        before=before.as_json(),
        after=after.as_json(),
        reason=reason,
        requested_at=act.at,
        effective_on=_day_of_effect(before, after, effective_on, award.fund.today()),
    )
    begin(session, change, CHANGE, act, kind=row.code.value)
    return change


def _day_of_effect(before: Terms, after: Terms, day: date | None, today: date) -> date | None:
    """The day to come from which a change is in force; None for at once.

    DomainError for a day that has passed, or after the grant ends.
    """
    if day is None or day == today:
        return None
    if day < today:
        raise DomainError(
            _("A change cannot be in force from a date in the past. Enter today or a later day.")
        )
    last = min(before.ends_on, after.ends_on)
    if day > last:
        raise DomainError(
            _("The grant ends on %(day)s. Enter that day or an earlier one.", day=plain_day(last))
        )
    return day


def _is_notice(session: Session, award: Award, row: Kind, after: Terms) -> bool:
    if row.code is not ChangeKind.BUDGET:
        return False
    return is_within(approved_terms(session, award), after, award.fund.budget_tolerance)


def ask_again(
    session: Session,
    change: GrantChange,
    asked: Asked,
    act: Act,
    effective_on: date | None = None,
) -> None:
    """The organisation sends its request again, corrected."""
    award = _lock_change(session, change)
    require(session, change, CHANGE, "ask_again", act)
    reason = (act.reason or "").strip()
    if not reason:
        raise DomainError(_("Enter a reason. It will be kept on record."))
    require_in_time(award, change.row)
    _draw_up(session, change, asked)
    terms = change.terms_before, change.terms_after
    change.effective_on = _day_of_effect(*terms, effective_on, award.fund.today())
    change.reason = reason
    advance(session, change, CHANGE, "ask_again", act)
    notices.tell_fund(session, change, "requested", Permission.GRANT_CHANGE_RECOMMEND, act)


def recommend(session: Session, change: GrantChange, act: Act) -> None:
    """The programme officer finds the change right; an approving officer decides."""
    award = _lock_change(session, change)
    require(session, change, CHANGE, "recommend", act)
    keep_apart(act.actor, award.organisation_id)
    _draw_up(session, change, change.asked)
    advance(session, change, CHANGE, "recommend", act)
    notices.tell_fund(session, change, "recommended", Permission.GRANT_CHANGE_APPROVE, act)


def send_back(session: Session, change: GrantChange, act: Act) -> None:
    """The organisation is to correct its request, for a reason that it reads."""
    award = _lock_change(session, change)
    keep_apart(act.actor, award.organisation_id)
    advance(session, change, CHANGE, "send_back", act)
    notices.tell_grantee(session, change, "sent_back", act)


def decline(session: Session, change: GrantChange, act: Act) -> None:
    """The terms stay as they are: the programme officer does not recommend the request."""
    _refuse_change(session, change, "decline", act)


def reject(session: Session, change: GrantChange, act: Act) -> None:
    """The terms stay as they are: the approving officer does not approve the change."""
    _refuse_change(session, change, "reject", act)


def _refuse_change(session: Session, change: GrantChange, action: str, act: Act) -> None:
    award = _lock_change(session, change)
    keep_apart(act.actor, award.organisation_id)
    advance(session, change, CHANGE, action, act)
    if change.by_grantee:
        notices.tell_grantee(session, change, "rejected", act)
    elif change.amendment is not None:
        notices.tell_grantee(session, change, "withdrawn", act)


def approve(session: Session, change: GrantChange, act: Act) -> bool:
    """Another person approves the new terms; the amendment gets its number and goes out to be
    signed. Additional money is reserved, and needs as many officers as an award of its new sum.

    False while further officers have to approve. Refused beyond what is available.
    """
    award = _lock_change(session, change)
    require(session, change, CHANGE, "approve", act)
    keep_apart(act.actor, award.organisation_id)
    as_drawn_up(session, change)
    require_no_hold_on_more(session, change, act)
    more = change.more_money
    if more.minor > 0 and not _is_last_approval(session, change, act):
        record(session, change, "give_approval", act)
        return False
    if more.minor > 0:
        voucher = _voucher_of(change, f"reserved:{change.version}", act)
        reserve_award(session, voucher, more, award.psc_percent)
    change.amendment = change.amendment or _next_amendment(session, award)
    advance(session, change, CHANGE, "approve", act, amendment=change.amendment)
    notices.tell_grantee(session, change, "approved", act)
    return True


def officers_missing(session: Session, change: GrantChange, act: Act) -> int:
    """How many officers have still to approve a change with more money, this person included."""
    rows = trail_of(session, GrantChange.__tablename__, change.id)
    drawn_up = max(
        (row.id for row in rows if row.action in {"recommend", "draw_up_again"}), default=0
    )
    colleagues = {
        row.person_id for row in rows if row.action == "give_approval" and row.id > drawn_up
    } - {act.actor.person_id}
    return approvers_for(change.award.fund, change.terms_after.amount) - len(colleagues)


def _is_last_approval(session: Session, change: GrantChange, act: Act) -> bool:
    return officers_missing(session, change, act) <= 1


def _next_amendment(session: Session, award: Award) -> int:
    last = select(func.max(GrantChange.amendment)).where(GrantChange.award_id == award.id)
    return (session.scalar(last) or 0) + 1


def approve_at_once(session: Session, change: GrantChange, act: Act) -> None:
    """Another person approves a suspension, a termination or a reduction: in force from now on,
    or from the day that it says, and the organisation is told.
    """
    award = _lock_change(session, change)
    require(session, change, CHANGE, "approve_at_once", act)
    keep_apart(act.actor, award.organisation_id)
    now, new = as_drawn_up(session, change)
    change.amendment = _next_amendment(session, award)
    bring_about(session, change, now, new, "approve_at_once", act)
    notices.tell_effect(session, change, act)


def draw_up_again(session: Session, change: GrantChange, act: Act) -> None:
    """The grant has changed since the amendment was drawn up: made from the terms of today, and
    approved again. Signatures under the earlier one do not count. What was agreed for a later day
    is drawn up again from that day on, for a reason that the organisation reads.
    """
    award = _lock_change(session, change)
    require(session, change, CHANGE, "draw_up_again", act)
    keep_apart(act.actor, award.organisation_id)
    require_none_out(session, change.award)
    was_agreed = change.state is ChangeState.AGREED
    if was_agreed:
        _require_outdated(session, change, act)
    release(session, change, act)
    change.document = change.returned_document = None
    _draw_up(session, change, change.asked)
    advance(session, change, CHANGE, "draw_up_again", act)
    if was_agreed:
        notices.tell_grantee(session, change, "drawn_up_again", act)
    notices.tell_fund(session, change, "recommended", Permission.GRANT_CHANGE_APPROVE, act)


def _require_outdated(session: Session, change: GrantChange, act: Act) -> None:
    """Refused where what was agreed can be put in force: then it only can be called off."""
    if not (act.reason or "").strip():
        raise DomainError(_("Enter a reason. It will be kept on record."))
    refuse_more_on_hold(session, change)
    try:
        as_drawn_up(session, change)
    except Conflict:
        return
    day = plain_day(change.effective_on) if change.effective_on else ""
    raise Conflict(_("This change is in force from %(day)s.", day=day))


def withdraw(session: Session, change: GrantChange, act: Act) -> None:
    """The organisation takes its request back."""
    _lock_change(session, change)
    require(session, change, CHANGE, "withdraw", act)
    require_none_out(session, change.award)
    release(session, change, act)
    advance(session, change, CHANGE, "withdraw", act)
    notices.tell_fund(session, change, "withdrawn", Permission.GRANT_CHANGE_RECOMMEND, act)


def drop(session: Session, change: GrantChange, act: Act) -> None:
    """The fund goes no further with a change, for a reason."""
    award = _lock_change(session, change)
    require(session, change, CHANGE, "drop", act)
    keep_apart(act.actor, award.organisation_id)
    require_none_out(session, change.award)
    release(session, change, act)
    is_known_outside = change.by_grantee or change.amendment is not None
    advance(session, change, CHANGE, "drop", act)
    if is_known_outside:
        notices.tell_grantee(session, change, "withdrawn", act)


def lift(session: Session, change: GrantChange, act: Act) -> None:
    """The suspension ends: payments and reports go on."""
    award = _lock_change(session, change)
    require(session, change, CHANGE, "lift", act)
    keep_apart(act.actor, award.organisation_id)
    advance(session, change, CHANGE, "lift", act)
    award.suspended_on = None
    record(session, award, "lift_suspension", act, change=change.number)
    notices.tell_grantee(session, change, "lifted", act)


def release(session: Session, change: GrantChange, act: Act) -> None:
    """What was reserved with the approval of a change is available again."""
    more = change.more_money
    if change.state in RESERVING and more.minor > 0:
        release_reservation(session, _voucher_of(change, f"released:{change.version}", act))


def _draw_up(session: Session, change: GrantChange, asked: Asked) -> None:
    """The new terms are made of those in force now."""
    before = terms_of(session, change.award)
    change.asked = dict(asked)
    change.before, change.after = before.as_json(), change.row.propose(before, asked).as_json()
    session.flush()


def as_drawn_up(session: Session, change: GrantChange) -> tuple[Terms, Terms]:
    """The terms now and those to be; Conflict where they are no longer what people have seen."""
    now = terms_of(session, change.award)
    try:
        new = change.row.propose(now, change.asked)
    except DomainError as refused:
        raise Conflict(
            _(
                "The grant has changed since this was drawn up: %(why)s Draw it up again, or "
                "cancel it.",
                why=refused.message,
            )
        ) from refused
    if not new.agrees_with(change.terms_after):
        raise Conflict(
            _("The grant has changed since this was drawn up. Draw it up again, or cancel it.")
        )
    return now, new


def require_no_hold_on_more(session: Session, change: GrantChange, act: Act) -> None:
    """DomainError for additional money while the fund holds anything of the organisation."""
    if change.more_money.minor > 0:
        require_no_hold(session, change.award.organisation, change.award.fund, act)


def refuse_more_on_hold(session: Session, change: GrantChange) -> None:
    """DomainError for additional money of an organisation on hold, also in the job that puts
    changes in force on their day.
    """
    if change.more_money.minor > 0:
        refuse_held(session, change.award.organisation, change.award.fund)


def _voucher_of(change: GrantChange, what: str, act: Act) -> Voucher:
    award = change.award
    key = f"grant_change:{change.id}:{what}"
    return Voucher(award.fund, clock.today(), award.account, key, act, note=award.reference)


def _lock_award(session: Session, award: Award) -> Award:
    award = lock_award(session, award.id)
    require_running(award)
    return award


def require_running(award: Award) -> None:
    """Conflict unless the agreement is signed and the grant is not closed."""
    if not award.is_running:
        raise Conflict(_("Only an active grant can be changed."))


def _lock_change(session: Session, change: GrantChange) -> Award:
    award = lock_award(session, change.award_id)
    session.refresh(change)
    return award


def require_none_open(session: Session, award: Award, row: Kind) -> None:
    """Conflict while another change of the grant has to be finished before one of this kind."""
    if other := barring(session, award, row):
        raise Conflict(
            _(
                "Change %(number)s of this grant is not finished yet. Finish or cancel it first.",
                number=other.number,
            )
        )


def barring(session: Session, award: Award, row: Kind) -> GrantChange | None:
    """The change that has to be finished before one of this kind can be asked for, if any."""
    pending: Sequence[GrantChange] = open_changes(session, award)
    for other in pending:
        if other.kind is row.code or (row.is_signed and other.kind not in UNSIGNED):
            return other
    return None


def ask_by(award: Award) -> date:
    """The last day on which the organisation may ask for a change of terms."""
    return award.ends_on - timedelta(award.fund.change_days)


def is_too_late(award: Award, row: Kind) -> bool:
    """Can the organisation ask for a change of this kind no longer?"""
    return row.in_time and award.fund.today() > ask_by(award)


def require_in_time(award: Award, row: Kind) -> None:
    """DomainError where the organisation can ask for a change of this kind no longer."""
    if is_too_late(award, row):
        raise DomainError(
            _(
                "A change must be requested by %(day)s, %(days)s days before the grant ends. "
                "Write to the fund.",
                day=plain_day(ask_by(award)),
                days=award.fund.change_days,
            )
        )
