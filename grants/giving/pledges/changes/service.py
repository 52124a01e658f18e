"""Less will come of a pledge than was promised: one person asks for it, another decides."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account
from grants.books.ledger.entries import Voucher
from grants.books.ledger.positions import position
from grants.books.ledger.receipts import write_off
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, record, require
from grants.core.funds.queries import lock
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.kernel.money import Money
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund
from grants.core.people.viewer import Scope
from grants.core.texts.formats import plain_money
from grants.giving.pledges.changes.queries import open_change
from grants.giving.pledges.models import ChangeKind, Pledge, PledgeChange
from grants.giving.pledges.queries import outstanding, received
from grants.giving.pledges.schedule import dues_of, replan, shortened
from grants.giving.pledges.service import tell_donor
from grants.giving.pledges.workflow import CHANGE, PLEDGE, STANDING
from grants.platform.documents.models import Document
from grants.platform.messages.service import tell


@dataclass(frozen=True, slots=True)
class RequestedChange:
    """What is asked for: how much less, why, and the paper that shows it. Without an amount, all
    that is outstanding.
    """

    kind: ChangeKind
    document: Document
    amount: Money | None = None


def request_change(
    session: Session, pledge: Pledge, request: RequestedChange, act: Act
) -> PledgeChange:
    """The donor takes a part back, or the fund gives it up: nothing changes until another person
    approves. One at a time; the act says why.
    """
    act.demand(Permission.PLEDGE_CHANGE, Scope(pledge.fund_id))
    lock(session, pledge.fund_id)
    session.refresh(pledge)
    if open_change(session, pledge):
        raise Conflict(_("Another change to this pledge is awaiting a decision."))
    if not (act.reason or "").strip():
        raise DomainError(_("Enter a reason. It will be kept on record."))
    balance = outstanding(pledge, received(session, pledge))
    amount = balance if request.amount is None else request.amount
    _require_possible(pledge, request.kind, amount, balance)
    change = PledgeChange(
        pledge=pledge,
        kind=request.kind,
        amount_minor=amount.minor,
        reason=act.reason,
        document=request.document,
        requested_at=act.at,
        requested_by_id=act.actor.person_id,
    )
    begin(session, change, CHANGE, act, kind=request.kind.value, minor=amount.minor)
    record(session, pledge, "request_change", act, **_change_facts(change))
    _tell_approvers(session, change, act)
    return change


def approve(session: Session, change: PledgeChange, act: Act) -> None:
    """Less is owed from today. What was receivable leaves the books at the agreement's rate; the
    last promised payments become smaller or are dropped. A pledge that nobody signed or paid, and
    of which nothing is left, is withdrawn.
    """
    pledge = _lock_pledge(session, change)
    require(session, change, CHANGE, "approve", act)
    balance = outstanding(pledge, received(session, pledge))
    _require_possible(pledge, change.kind, change.amount, balance)
    change.decided_on, change.decided_by_id = clock.today(), act.actor.person_id
    change.in_books = _leave_the_books(session, change, act)
    advance(session, change, CHANGE, "approve", act)
    session.refresh(pledge, ["given_up_minor"])
    record(session, pledge, "approve_change", act, **_change_facts(change))
    if pledge.instalments:
        replan(session, pledge, shortened(dues_of(pledge), change.amount), act)
    if not pledge.standing and not pledge.is_signed:
        advance(session, pledge, PLEDGE, "take_back", _with_reason(act, change))
    tell_donor(
        session,
        pledge,
        "giving/pledges/changes/changed",
        act,
        event=_event_of(change),
        change=change,
    )


def refuse(session: Session, change: PledgeChange, act: Act) -> None:
    """The pledge stays as it is; the act says why."""
    pledge = _lock_pledge(session, change)
    require(session, change, CHANGE, "refuse", act)
    change.decided_on, change.decided_by_id = clock.today(), act.actor.person_id
    advance(session, change, CHANGE, "refuse", act)
    record(session, pledge, "refuse_change", act, **_change_facts(change))


def _lock_pledge(session: Session, change: PledgeChange) -> Pledge:
    """The change's pledge, while nobody else moves the fund's money; both as they are now."""
    lock(session, change.pledge.fund_id)
    session.refresh(change)
    session.refresh(change.pledge)
    return change.pledge


def _require_possible(pledge: Pledge, kind: ChangeKind, amount: Money, balance: Money) -> None:
    if pledge.state not in STANDING:
        raise DomainError(_("This pledge is no longer active."))
    if kind is ChangeKind.WRITE_OFF and not pledge.is_signed:
        raise DomainError(
            _(
                "Only an amount due under a signed agreement can be written off. Reduce the "
                "pledge instead."
            )
        )
    if not 0 < amount.minor <= balance.minor:
        raise DomainError(
            _(
                "%(left)s is outstanding on this pledge. You cannot reduce it by more than that.",
                left=plain_money(balance),
            )
        )


def _leave_the_books(session: Session, change: PledgeChange, act: Act) -> bool:
    """Write off what is receivable of it; a pledge without signed agreement never was."""
    pledge = change.pledge
    account = Account.CONTRIBUTIONS_RECEIVABLE
    if not position(session, pledge.fund_id, account, pledge.subject).amount:
        return False
    key, note = f"pledge_change:{change.id}", pledge.reference
    voucher = Voucher(
        pledge.fund, clock.today(), pledge.subject, key, _with_reason(act, change), note
    )
    write_off(session, voucher, change.amount)
    return True


def _with_reason(act: Act, change: PledgeChange) -> Act:
    """The act of approving, for the reason that was given when the change was asked for."""
    return Act(act.actor, act.reason or change.reason, act.at)


def _change_facts(change: PledgeChange) -> dict[str, object]:
    return {
        "change": change.id,
        "kind": change.kind.value,
        "minor": change.amount_minor,
        "currency": change.pledge.currency,
    }


def _event_of(change: PledgeChange) -> str:
    return f"pledge_change:{change.id}"


def _tell_approvers(session: Session, change: PledgeChange, act: Act) -> None:
    permission = Permission.PLEDGE_APPROVE_CHANGE
    tell(
        session,
        people_of_fund(session, permission, change.pledge.fund_id),
        "giving/pledges/changes/requested",
        act,
        event=f"{_event_of(change)}:requested",
        change=change,
        pledge=change.pledge,
        url=absolute(f"/pledges/changes/{change.id}"),
    )
