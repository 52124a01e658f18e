"""Finding deposits and receipts, for a person who may see them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    cast,
    extract,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session, joinedload

from grants.core.database.typed import Typed, typed
from grants.core.database.words import Naming, Numbers, among, as_text, one_of
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, usd
from grants.core.kernel.taxonomies import Earmarking
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.giving.contributions.models import Deposit, Receipt
from grants.giving.pledges.deposits import DepositLine
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import MOST_NAMED, every_pledge, outstanding
from grants.giving.pledges.queries import Criteria as WantedPledges

STANDS = Deposit.reversed_on.is_(None)
"""In the books, and not reversed."""


def _of_the_funds(viewer: Viewer) -> ColumnElement[bool]:
    """Deposits of the funds this person reads contributions of."""
    return in_funds_with(viewer, Permission.CONTRIBUTION_SEE, Deposit.fund_id)


def _own_donors(viewer: Viewer) -> frozenset[int]:
    """The donors this person acts for."""
    return viewer.organisations_with(Permission.PLEDGE_READ)


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which deposits to list; nothing set means all."""

    text: str = ""
    fund: str = ""
    unidentified: bool = False
    since: date | None = None
    until: date | None = None


def deposits_for_viewer(session: Session, viewer: Viewer, filters: Criteria) -> Select[Deposit]:
    """The deposits that the fund's people see, with pledge, donor and receipt."""
    query = _select_deposits(viewer, replace(filters, text=""))
    if text := filters.text.strip():
        words = typed(text)
        query = query.where(fitting(words, naming(words).ask(session)))
    return query


def every_deposit(viewer: Viewer) -> Select[Deposit]:
    """All of them."""
    return _select_deposits(viewer, Criteria())


def _select_deposits(viewer: Viewer, filters: Criteria) -> Select[Deposit]:
    return (
        select(Deposit)
        .where(_of_the_funds(viewer), *_conditions_of(filters))
        .options(
            joinedload(Deposit.fund),
            joinedload(Deposit.pledge).joinedload(Pledge.donor),
            joinedload(Deposit.receipt),
        )
    )


def _conditions_of(filters: Criteria) -> Iterable[ColumnElement[bool]]:
    if filters.unidentified:
        yield Deposit.pledge_id.is_(None) & STANDS
    if filters.fund:
        yield Deposit.fund_id == select(Fund.id).where(Fund.code == filters.fund).scalar_subquery()
    if filters.since:
        yield Deposit.value_on >= filters.since
    if filters.until:
        yield Deposit.value_on <= filters.until


def naming(text: Typed) -> Naming:
    """Pledges whose reference begins so."""
    return Naming(as_text([_quoted_pledges(text)], MOST_NAMED + 1), MOST_NAMED)


def _quoted_pledges(text: Typed) -> Select[int]:
    return select(Pledge.id).where(text.starts_number(Pledge.reference))


def fitting(text: Typed, pledge_ids: Numbers | None) -> ColumnElement[bool]:
    """Deposits of that number of the bank, or on pledges whose reference begins so; a few pledges
    by name, so that an index finds them.
    """
    begins = Deposit.bank_reference.startswith(text.plain, escape="/")
    if pledge_ids is None:
        return begins | among(Deposit.pledge_id, _quoted_pledges(text))
    return begins | one_of(Deposit.pledge_id, pledge_ids)


def deposit_for_viewer(session: Session, deposit_id: int, viewer: Viewer) -> Deposit:
    """One deposit for the fund's people, or Missing."""
    query = deposits_for_viewer(session, viewer, Criteria()).where(Deposit.id == deposit_id)
    deposit = session.scalar(query)
    if deposit is None:
        raise Missing(_("Deposit not found."))
    return deposit


def count_unidentified(viewer: Viewer) -> Select[int]:
    """How many deposits wait for a person to say whose they are."""
    query = select(func.count()).select_from(Deposit)
    return query.where(_of_the_funds(viewer), Deposit.pledge_id.is_(None), STANDS)


def deposits_of(
    session: Session, pledges: Iterable[Pledge], *, reversed_too: bool = False
) -> Mapping[int, list[Deposit]]:
    """The deposits of each pledge that are not reversed, the oldest first, with receipts: one query
    for all.
    """
    deposits: dict[int, list[Deposit]] = {pledge.id: [] for pledge in pledges}
    for deposit in session.scalars(
        select(Deposit)
        .where(Deposit.pledge_id.in_(deposits), true() if reversed_too else STANDS)
        .order_by(Deposit.value_on, Deposit.id)
        .options(joinedload(Deposit.receipt).joinedload(Receipt.fund))
    ):
        deposits[deposit.pledge_id or 0].append(deposit)
    return deposits


def lines_on_page(session: Session, pledge: Pledge) -> list[DepositLine]:
    """The deposits of a pledge as its page shows them."""
    return [
        DepositLine(
            deposit_id=deposit.id,
            bank_reference=deposit.bank_reference,
            value_on=deposit.value_on,
            amount=deposit.amount,
            fee=deposit.bank_fee,
            usd=deposit.usd,
            receipt=deposit.receipt.reference if deposit.receipt else None,
        )
        for deposit in deposits_of(session, [pledge])[pledge.id]
    ]


def given_by(session: Session, donor_ids: Iterable[int]) -> Money:
    """What donors have given in all, in USD at the rates of the days it came."""
    cents = session.scalar(
        select(func.sum(Deposit.usd_minor))
        .join(Deposit.pledge)
        .where(Pledge.donor_id.in_(donor_ids), STANDS)
    )
    return usd(int(cents or 0))


@dataclass(frozen=True, slots=True)
class YearOfGiving:
    """What a donor gave to a fund in a calendar year, in USD at the rates of the days it came."""

    donor: str
    """The code of its organisation."""
    fund: Fund
    year: int
    amount: Money
    earmarked: bool
    """Did any of it come on a pledge that is earmarked?"""


def given_by_year(session: Session, donor_ids: Iterable[int]) -> list[YearOfGiving]:
    """Each donor's gifts by fund and year, the oldest first."""
    year = cast(extract("year", Deposit.value_on), Integer)
    earmarked = Pledge.earmarking != Earmarking.UNEARMARKED
    rows = session.execute(
        select(Organisation.code, Fund, year, func.sum(Deposit.usd_minor), func.bool_or(earmarked))
        .select_from(Deposit)
        .join(Deposit.fund)
        .join(Pledge, Pledge.id == Deposit.pledge_id)
        .join(Pledge.donor)
        .where(Pledge.donor_id.in_(donor_ids), STANDS)
        .group_by(Organisation.id, Fund.id, year)
        .order_by(year, Fund.id, Organisation.id)
    )
    return [
        YearOfGiving(donor, fund, when, usd(int(cents)), for_a_purpose)
        for donor, fund, when, cents, for_a_purpose in rows
    ]


def newest_receipts(session: Session, donor_ids: Iterable[int], most: int) -> Sequence[Receipt]:
    """The receipts these donors got last."""
    return session.scalars(
        select(Receipt)
        .where(issued_to(donor_ids))
        .order_by(Receipt.id.desc())
        .limit(most)
        .options(joinedload(Receipt.fund))
    ).all()


def issued_to(donor_ids: Iterable[int]) -> ColumnElement[bool]:
    """Was it given to these donors, or to records that were merged into theirs?"""
    merged = select(Organisation.id).where(Organisation.merged_into_id.in_(donor_ids))
    return or_(Receipt.donor_id.in_(donor_ids), Receipt.donor_id.in_(merged))


def receipt_for_viewer(
    session: Session, fund_code: str, year: int, number: int, viewer: Viewer
) -> Receipt:
    """A receipt for its donor's people or the fund's, or Missing."""
    receipt = session.scalar(
        select(Receipt)
        .join(Receipt.fund)
        .join(Receipt.deposit)
        .where(
            Fund.code == fund_code,
            Receipt.year == year,
            Receipt.number == number,
            or_(_of_the_funds(viewer), issued_to(_own_donors(viewer))),
        )
        .options(joinedload(Receipt.fund), joinedload(Receipt.deposit))
    )
    if receipt is None:
        raise Missing(_("Receipt not found."))
    return receipt


def donor_for_viewer(session: Session, code: str, viewer: Viewer) -> Organisation:
    """A donor for its own people and for those who read contributions, or Missing."""
    donor = session.scalar(select(Organisation).where(Organisation.code == code))
    reader = viewer.funds_with(Permission.CONTRIBUTION_SEE) != frozenset()
    if donor is None or not (reader or donor.id in _own_donors(viewer)):
        raise Missing(_("Organisation %(code)s not found.", code=code))
    return donor


def candidates(
    session: Session, deposit: Deposit, viewer: Viewer
) -> Sequence[tuple[Pledge, Money]]:
    """Pledges an unidentified deposit could be for, with what each has outstanding: of the same
    fund and currency, the nearest in amount first.
    """
    open_pledges = session.scalars(
        every_pledge(viewer, WantedPledges(payable=True))
        .where(Pledge.fund_id == deposit.fund_id, Pledge.currency == deposit.currency)
        .order_by(Pledge.id.desc())
        .limit(500)
    )
    balances = [
        (pledge, outstanding(pledge, Money(pledge.received_minor or 0, pledge.currency)))
        for pledge in open_pledges
    ]
    sent = deposit.received.minor
    able = [(pledge, balance) for pledge, balance in balances if balance.minor >= sent]
    return sorted(able, key=lambda pair: pair[1].minor - sent)[:10]
