"""Reading receivables from the books, and the allowances that were proposed for them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import BigInteger, ColumnElement, Select, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, joinedload

from grants.books.ledger.accounts import Account
from grants.books.ledger.models import Entry, Posting, RecordHeld
from grants.books.ledger.positions import SubjectBalance, origins, subject_balances
from grants.books.ledger.queries import account_sums
from grants.books.ledger.rates import Quote, value_at
from grants.core.audit.queries import handled_by
from grants.core.database.words import found_first
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError, Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, total, usd
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.giving.pledges.models import Pledge, PledgeInstalment
from grants.giving.pledges.schedule import Due
from grants.giving.receivables.ageing import (
    AgedPledge,
    Ageing,
    ages_of,
    spread,
)
from grants.giving.receivables.models import AllowanceRun
from grants.giving.receivables.workflow import AllowanceState

P = Permission


def ageing(session: Session, fund: Fund, on: date) -> Ageing:
    """What donors owed at the end of a day, by the years since each part was due.

    DomainError unless it is, to the cent, what the books hold as receivable on that day.
    """
    balances = subject_balances(
        session, fund.id, Account.CONTRIBUTIONS_RECEIVABLE, on, _may_be_owed(fund, on)
    )
    deferred = subject_balances(session, fund.id, Account.DEFERRED_REVENUE, on)
    aged = tuple(aged_of(session, fund, on, balances, deferred))
    books = usd(account_sums(session, fund.id, until=on).get(Account.CONTRIBUTIONS_RECEIVABLE, 0))
    allowance = subject_balances(session, fund.id, Account.RECEIVABLE_ALLOWANCE, on)
    result = Ageing(
        fund.code,
        on,
        dict(fund.doubtful_percents),
        aged,
        total(usd(part.usd_minor) for part in allowance.values()),
    )
    require_tie(result.receivable, books)
    return result


def _may_be_owed(fund: Fund, on: date) -> ColumnElement[bool]:
    """Postings on pledges that are owed now, or on which anything was booked since: the others,
    most of all after many years, had nothing left on that day either.
    """
    owed_now = select(RecordHeld.subject).where(
        RecordHeld.fund_id == fund.id, RecordHeld.usd_minor != 0
    )
    moved_since = (
        select(Posting.subject)
        .join(Entry)
        .where(
            Entry.fund_id == fund.id,
            Entry.booked_on > on,
            Posting.account == Account.CONTRIBUTIONS_RECEIVABLE,
        )
    )
    return found_first(Posting.subject, owed_now.union(moved_since.correlate(None)))


def require_tie(aged: Money, books: Money) -> None:
    """DomainError unless the receivables by age are what the books hold."""
    if aged != books:
        raise DomainError(
            _(
                "The aged receivables total %(aged)s USD, but the ledger balance is %(books)s USD.",
                aged=aged,
                books=books,
            )
        )


def aged_of(
    session: Session,
    fund: Fund,
    on: date,
    balances: Mapping[str, SubjectBalance],
    deferred: Collection[str],
) -> Iterator[AgedPledge]:
    """What is held on these records, by the age that it has on a day; `deferred`: those records
    whose revenue waits for a condition.
    """
    aged = [
        _aged_pledge(
            promise, balances[promise.subject], on, fund, conditional=promise.subject in deferred
        )
        for promise in _promises_of(session, balances)
    ]
    foreign = [
        item.subject
        for item in aged
        if item.doubtful and item.doubtful.currency != FUNCTIONAL_CURRENCY
    ]
    quotes = origins(session, fund.id, Account.CONTRIBUTIONS_RECEIVABLE, foreign) if foreign else {}
    for item in aged:
        yield replace(item, doubtful_usd=_value_of(item.doubtful, quotes.get(item.subject)))


def _aged_pledge(
    promise: "_Promise", owed: SubjectBalance, on: date, fund: Fund, *, conditional: bool
) -> AgedPledge:
    """What is held on a pledge by age; the value of what is doubtful is not known yet."""
    open_ = spread(promise.dues, promise.signed_on, owed.amount)
    value = usd(owed.usd_minor)
    ages = ages_of(open_, value, on, fund.doubtful_percents, conditional=conditional)
    return AgedPledge(
        subject=promise.subject,
        pledge=promise.reference,
        donor=promise.donor,
        owed=owed.amount,
        usd=value,
        due_since=min((due.due_on for due in open_), default=promise.signed_on),
        conditional=conditional,
        ages=tuple(ages),
        doubtful_usd=usd(0),
    )


def _value_of(doubtful: Money, quote: Quote | None) -> Money:
    """At the quote of the receivable."""
    return usd(value_at(doubtful, quote).usd_minor) if doubtful else usd(0)


@dataclass(frozen=True, slots=True)
class _Promise:
    """What of a pledge its age is worked out from."""

    subject: str
    reference: str
    donor: str
    signed_on: date
    dues: list[Due]


def _promises_of(session: Session, balances: Mapping[str, SubjectBalance]) -> Iterator[_Promise]:
    """The pledges behind these subjects, in the order of their references."""
    ids = [int(subject.partition(":")[2]) for subject in balances if subject.startswith("pledge:")]
    chosen = Pledge.id == any_(bindparam("ids", ids, ARRAY(BigInteger)))
    dues: dict[int, list[Due]] = {}
    part = PledgeInstalment
    for pledge_id, due_on, minor, currency in session.execute(
        select(part.pledge_id, part.due_on, part.amount_minor, Pledge.currency)
        .join(Pledge, (Pledge.id == part.pledge_id) & (Pledge.revision == part.revision))
        .where(chosen)
        .order_by(part.pledge_id, part.number)
    ):
        dues.setdefault(pledge_id, []).append(Due(due_on, Money(minor, currency)))
    signed_on = func.coalesce(Pledge.agreement_signed_on, Pledge.pledged_on)
    for pledge_id, reference, donor, day in session.execute(
        select(Pledge.id, Pledge.reference, Organisation.name, signed_on)
        .outerjoin(Pledge.donor)
        .where(chosen)
        .order_by(Pledge.reference)
    ):
        yield _Promise(f"pledge:{pledge_id}", reference, donor or "", day, dues.get(pledge_id, []))


def runs_of(session: Session, fund: Fund) -> Sequence[AllowanceRun]:
    """The allowances that were proposed for a fund, the newest first."""
    return session.scalars(
        select(AllowanceRun)
        .where(AllowanceRun.fund_id == fund.id)
        .order_by(AllowanceRun.id.desc())
        .limit(100)
        .options(joinedload(AllowanceRun.fund))
    ).all()


def runs_for_viewer(session: Session, viewer: Viewer) -> Sequence[AllowanceRun]:
    """The newest allowances of every fund whose books this person sees, those that wait first."""
    waits = AllowanceRun.state != AllowanceState.PROPOSED
    query = _of_funds(viewer, P.LEDGER_SEE).order_by(waits, AllowanceRun.id.desc()).limit(100)
    return session.scalars(query).all()


def run_for_viewer(session: Session, run_id: int, viewer: Viewer) -> AllowanceRun:
    """One proposed allowance of a fund whose books this person sees, or Missing."""
    run = session.scalar(_of_funds(viewer, P.LEDGER_SEE).where(AllowanceRun.id == run_id))
    if run is None:
        raise Missing(_("Allowance not found."))
    return run


def _of_funds(viewer: Viewer, permission: Permission) -> Select[AllowanceRun]:
    query = select(AllowanceRun).options(joinedload(AllowanceRun.fund))
    return query.where(in_funds_with(viewer, permission, AllowanceRun.fund_id))


def to_approve(viewer: Viewer) -> Select[int]:
    """How many allowances wait for this person's decision: those that others proposed."""
    waiting = (
        _of_funds(viewer, P.RECEIVABLE_APPROVE)
        .where(
            AllowanceRun.state == AllowanceState.PROPOSED,
            AllowanceRun.id.not_in(handled_by(viewer, AllowanceRun, "create")),
        )
        .subquery()
    )
    return select(func.count()).select_from(waiting)
