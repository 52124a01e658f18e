"""Setting earmarked money apart: it follows every entry of the ledger about a grant or a pledge."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from grants.books.ledger.accounts import Account, Event
from grants.books.ledger.entries import Line
from grants.books.ledger.models import Entry, Posting
from grants.books.ledger.queries import NotEnough
from grants.core.funds.models import Fund
from grants.core.funds.queries import lock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import usd
from grants.core.texts.formats import plain_money
from grants.deciding.awards.models import Award
from grants.giving.pledges.models import Pledge
from grants.granting.earmarks.holdings import (
    ARRIVED_AT,
    Holding,
    free_money,
    has_earmarks,
    holdings,
    purpose_of,
    shares_of,
    terms_of,
)
from grants.granting.earmarks.models import EarmarkChoice, EarmarkMovement, Stage
from grants.granting.earmarks.rule import Amounts, Shift, shift, suits

STAGES = {
    Account.RESERVED: Stage.RESERVED,
    Account.COMMITMENTS: Stage.SET_APART,
    Account.GRANT_EXPENSE: Stage.SPENT,
    Account.PROGRAMME_SUPPORT_COST: Stage.SPENT,
    Account.GRANT_LOSSES: Stage.SPENT,
}
"""Where the books have what a grant takes."""
FOLLOWED = (*STAGES, *ARRIVED_AT)


Amount = tuple[Account, int]
"""What an entry moved on an account, USD cents, debit positive."""


def follow(session: Session, entry: Entry, lines: Sequence[Line]) -> None:
    """An entry was posted, with the fund locked: what it means for earmarked money is recorded.

    NotEnough where a grant or a refund would take more of free money than there is.
    """
    amounts = [(line.account, line.value.usd_minor) for line in lines]
    if from_free := _movements_after(session, entry, amounts):
        require_free(session, entry.fund, from_free)


def take_over(session: Session, fund: Fund) -> int:
    """Record the movements of a fund whose grants took money before there were any, in the order of
    the ledger; returns how many entries were followed. Nothing is refused, and nothing is done
    where there are movements already.
    """
    lock(session, fund.id)
    own = select(EarmarkMovement.id).join(Award).where(Award.fund_id == fund.id)
    if session.scalar(select(own.exists())) or not has_earmarks(session, fund.id):
        return 0
    entries = session.scalars(
        select(Entry)
        .where(Entry.fund_id == fund.id, Entry.postings.any(Posting.account.in_(FOLLOWED)))
        .order_by(Entry.id)
        .options(selectinload(Entry.postings))
    ).all()
    for entry in entries:
        amounts = [(posting.account, posting.usd_minor) for posting in entry.postings]
        _movements_after(session, entry, amounts)
    return len(entries)


def is_in_use(session: Session, pledge: Pledge) -> bool:
    """Has a grant ever taken money of a pledge?"""
    moved = select(EarmarkMovement.id).where(EarmarkMovement.pledge_id == pledge.id)
    return bool(session.scalar(select(moved.exists())))


def require_still_fits(session: Session, pledge: Pledge) -> None:
    """Refused where a grant that has money of a pledge set apart does not fit its terms."""
    terms = terms_of(pledge)
    for award_id, stage, _cents in _taken_from(session, pledge.id):
        award = session.get_one(Award, award_id)
        if stage is not Stage.SPENT and not suits(terms, purpose_of(session, award)):
            raise DomainError(
                _(
                    "Money from this pledge is set apart for %(grant)s, which is "
                    "outside the new purpose.",
                    grant=award.reference,
                )
            )


def _movements_after(session: Session, entry: Entry, amounts: Sequence[Amount]) -> int:
    """Records what an entry means for earmarked money; returns what is taken of free money, and
    may be refused, USD cents.
    """
    kind, _colon, number = entry.subject.partition(":")
    if not number.isdigit():
        return 0
    if kind == "award" and (change := _change_of(amounts)):
        return _follow_grant(session, entry, int(number), change)
    sent = -sum(cents for account, cents in amounts if account in ARRIVED_AT)
    if kind == "pledge" and sent > 0 and has_earmarks(session, entry.fund_id):
        return _follow_pledge(session, entry, int(number), sent)
    return 0


def _change_of(amounts: Iterable[Amount]) -> dict[Stage, int]:
    """What a grant has more or less at each stage, USD cents."""
    change: dict[Stage, int] = {}
    for account, cents in amounts:
        if (stage := STAGES.get(account)) is not None:
            change[stage] = change.get(stage, 0) + cents
    return {stage: cents for stage, cents in change.items() if cents}


def _follow_grant(session: Session, entry: Entry, award_id: int, change: Amounts) -> int:
    passes_on = {Stage.SET_APART, Stage.SPENT} <= change.keys()
    takes = any(cents > 0 for cents in change.values()) and not passes_on
    shares = shares_of(session, award_id)
    if not shares and not (takes and has_earmarks(session, entry.fund_id)):
        return 0
    award = session.get(Award, award_id)
    if award is None:
        return 0
    before = {
        stage: cents - change.get(stage, 0) for stage, cents in _amounts_of(session, entry).items()
    }
    purpose = purpose_of(session, award) if takes else None
    first = chosen_first(session, award.id)
    only = None if takes else {pledge for share in shares.values() for pledge in share}
    sources = [
        holding.for_purpose(purpose, entry.booked_on).chosen(first)
        for holding in holdings(session, entry.fund_id, entry.booked_on, only).values()
    ]
    shifted = shift(shares, before, change, sources)
    write_moves(session, award.id, entry.booked_on, shifted, entry)
    return 0 if Stage.SPENT in change else shifted.from_free


def _amounts_of(session: Session, entry: Entry) -> dict[Stage, int]:
    """What a grant has at each stage with an entry, earmarked or free, USD cents."""
    amounts = dict.fromkeys(Stage, 0)
    rows = session.execute(
        select(Posting.account, func.sum(Posting.usd_minor))
        .join(Entry)
        .where(
            Entry.fund_id == entry.fund_id,
            Entry.id <= entry.id,
            Posting.subject == entry.subject,
            Posting.account.in_(STAGES),
        )
        .group_by(Posting.account)
    )
    for account, cents in rows:
        amounts[STAGES[account]] += int(cents)
    return amounts


def fit_again(session: Session, award: Award, on: date) -> None:
    """A grant is for something else from now on: what is not spent yet of earmarks that do not fit
    it any more is given back, and taken by the rule from what fits. The fund is locked.

    NotEnough where free money does not reach so far.
    """
    purpose = purpose_of(session, award)
    for stage, share in shares_of(session, award.id).items():
        of_fund = holdings(session, award.fund_id, on)
        unfit = {
            pledge: cents
            for pledge, cents in share.items()
            if stage is not Stage.SPENT and not suits(of_fund[pledge].terms, purpose)
        }
        if not unfit:
            continue
        sources = [holding.for_purpose(purpose, on) for holding in of_fund.values()]
        shifted = shift({}, {}, {stage: sum(unfit.values())}, sources)
        for pledge, cents in unfit.items():
            shifted.add(pledge, stage, -cents)
        write_moves(session, award.id, on, shifted)
        if shifted.from_free:
            require_free(session, award.fund, shifted.from_free)


def chosen_first(session: Session, award_id: int) -> int | None:
    """The contribution that a person chose for a grant to take from first; None if nobody did."""
    return session.scalar(
        select(EarmarkChoice.pledge_id)
        .where(EarmarkChoice.award_id == award_id)
        .order_by(EarmarkChoice.id.desc())
        .limit(1)
    )


def write_moves(
    session: Session, award_id: int, on: date, shifted: Shift, entry: Entry | None = None
) -> None:
    """Record what moved for a grant on a day."""
    session.add_all(
        EarmarkMovement(
            pledge_id=pledge_id,
            award_id=award_id,
            stage=stage,
            usd_minor=cents,
            booked_on=on,
            entry_id=entry.id if entry else None,
        )
        for pledge_id, stage, cents in shifted.items()
    )
    session.flush()


def require_free(session: Session, fund: Fund, needed: int) -> None:
    """Refused where free money does not reach so far: the rest is bound to other purposes."""
    free = free_money(session, fund)
    if free.minor < 0:
        raise NotEnough(
            _(
                "This requires %(needed)s of money that is not earmarked, but only %(free)s is. "
                "The rest of what is available is earmarked for other purposes.",
                needed=plain_money(usd(needed)),
                free=plain_money(usd(max(free.minor + needed, 0))),
            )
        )


def _follow_pledge(session: Session, entry: Entry, pledge_id: int, sent: int) -> int:
    """Money of a donor went back, or never came: grants take elsewhere what they had of it."""
    holding = holdings(session, entry.fund_id, only={pledge_id}).get(pledge_id)
    short = 0
    if holding is not None and holding.idle < 0:
        short = _take_elsewhere(session, entry, holding)
    is_refund = entry.event is Event.DONOR_REFUNDED and entry.reverses_id is None
    from_free = short if holding is not None else sent
    return from_free if is_refund else 0


def _take_elsewhere(session: Session, entry: Entry, holding: Holding) -> int:
    """Grants give back what a contribution lacks, the newest first, and take it by the rule from
    the others; returns what they took of free money, USD cents.
    """
    lacking, from_free = -holding.idle, 0
    for award_id, stage, cents in _taken_from(session, holding.pledge_id):
        if not lacking:
            break
        part = min(cents, lacking)
        lacking -= part
        award = session.get_one(Award, award_id)
        purpose = purpose_of(session, award)
        others = holdings(session, entry.fund_id, entry.booked_on)
        sources = [
            other.for_purpose(purpose, entry.booked_on)
            for number, other in others.items()
            if number != holding.pledge_id
        ]
        shifted = shift({}, {}, {stage: part}, sources)
        shifted.add(holding.pledge_id, stage, -part)
        write_moves(session, award_id, entry.booked_on, shifted, entry)
        from_free += shifted.from_free
    return from_free


def _taken_from(session: Session, pledge_id: int) -> list[tuple[int, Stage, int]]:
    """What grants have of a contribution: the newest grant first, what is not spent first."""
    cents = func.sum(EarmarkMovement.usd_minor)
    rows = session.execute(
        select(EarmarkMovement.award_id, EarmarkMovement.stage, cents)
        .where(EarmarkMovement.pledge_id == pledge_id)
        .group_by(EarmarkMovement.award_id, EarmarkMovement.stage)
        .having(cents > 0)
    )
    order = list(Stage)
    parts = [(award_id, stage, int(amount)) for award_id, stage, amount in rows]
    return sorted(parts, key=lambda part: (order.index(part[1]), -part[0]))
