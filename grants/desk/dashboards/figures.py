"""A fund in figures: what was promised, what came, what was given away, what is left. USD."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Integer,
    cast,
    extract,
    func,
    select,
)
from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account
from grants.books.ledger.earmarks import earmarks_of
from grants.books.ledger.models import Turnover
from grants.books.ledger.queries import balances
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, usd
from grants.core.texts.formats import whole_money
from grants.deciding.awards.models import Award
from grants.fundraising.funding_gap.gap import TO_COME, Gap, gap_of
from grants.fundraising.funding_gap.planned_uses import planned
from grants.giving.pledging.worth import cost_of_help
from grants.giving.totals.figures import fund_totals
from grants.platform.layout.preview import Asking


@dataclass(frozen=True, slots=True)
class Year:
    """What came and what went in a calendar year."""

    year: int
    received: Money
    disbursed: Money


@dataclass(frozen=True, slots=True)
class FundStanding:
    """The state of a fund."""

    pledged: Money
    committed: Money
    """By agreements that donors have signed."""
    received: Money
    unidentified: Money
    """Received from unidentified senders: not in `received`."""
    allocated: Money
    """Awards approved and not cancelled, without programme support cost."""
    disbursed: Money
    """Paid to grantees, less what they sent back."""
    available: Money
    """What may still be awarded, by the ledger."""
    earmarked: Money
    """What of it is earmarked."""
    unvalued: tuple[Money, ...]
    """Pledged in currencies without a rate, so in no sum."""
    years: tuple[Year, ...]


def standing_and_gap(session: Session, fund: Fund) -> tuple[FundStanding, Gap]:
    """The figures of a fund's dashboard and what the fund lacks, as of now."""
    books = balances(session, fund)
    totals = fund_totals(session, fund, also=TO_COME)
    went = _disbursed_by_year(session, fund)
    uses = planned(session, fund, clock.today().year)
    return (
        FundStanding(
            pledged=totals.pledged,
            committed=totals.signed,
            received=totals.received,
            unidentified=totals.unidentified,
            allocated=_allocated_sum(session, fund),
            disbursed=books.grant_expense,
            available=books.available,
            earmarked=earmarks_of(session, fund, books.available),
            unvalued=totals.unvalued,
            years=_years_of(dict(totals.by_year), went),
        ),
        gap_of(session, fund, books, totals.others, uses),
    )


def _allocated_sum(session: Session, fund: Fund) -> Money:
    """What was awarded."""
    awarded = select(func.coalesce(func.sum(Award.amount_minor), 0)).where(
        Award.fund_id == fund.id, ~Award.is_cancelled
    )
    return usd(int(session.scalars(awarded).one()))


def _disbursed_by_year(session: Session, fund: Fund) -> dict[int, int]:
    """What grantees were paid in each year less what came back, USD cents."""
    year = cast(extract("year", Turnover.month), Integer)
    paid = (
        select(year, func.sum(Turnover.usd_minor))
        .where(Turnover.fund_id == fund.id, Turnover.account == Account.GRANT_EXPENSE)
        .group_by(year)
    )
    return {of: int(cents) for of, cents in session.execute(paid)}


def _years_of(came: Mapping[int, Money], went: Mapping[Any, int]) -> tuple[Year, ...]:
    """The years from the first with money to this one, none left out."""
    all_years = {*came, *went}
    if not all_years:
        return ()
    return tuple(
        Year(year, came.get(year, usd(0)), usd(went.get(year, 0)))
        for year in range(min(all_years), clock.today().year + 1)
    )


@dataclass(frozen=True, slots=True)
class Appeal:
    """What a fund plans to receive this year, and what of it has come. What it lacks is another
    figure: the funding gap.
    """

    year: int
    target: Money
    received: Money
    pledged: Money
    """Promised this year, whether it came or not."""
    grants: int
    """Running now."""


def appeal(session: Session, fund: Fund) -> Appeal:
    """The target of this year and what followed, for the public."""
    today = clock.today()
    totals = fund_totals(session, fund, today.replace(month=1, day=1), today)
    running = session.scalar(
        select(func.count()).select_from(Award).where(Award.fund_id == fund.id, Award.is_running)
    )
    return Appeal(
        today.year, usd(fund.annual_target_minor), totals.received, totals.pledged, running or 0
    )


def asking_of(session: Session, fund: Fund) -> Asking | None:
    """What the picture beside a shared link to the fund says: how far the year has come, and what
    a person’s help costs. None without a target.
    """
    target = appeal(session, fund)
    if not target.target:
        return None
    figure = f"{whole_money(target.received)} / {whole_money(target.target)}"
    cost = cost_of_help(session, fund)
    words = [
        _("Received in %(year)s.", year=target.year),
        _("%(amount)s helps one person.", amount=whole_money(cost)) if cost else "",
        _("Please give."),
    ]
    share = target.received.minor / target.target.minor
    return Asking(figure, " ".join(filter(None, words)), share)


def need_sentence(gap: Gap, target: Appeal) -> str:
    """What is needed, in words that are true whatever the balance; "" where nothing is."""
    if gap.missing:
        amount = whole_money(gap.missing)
        return _("%(amount)s more would fund every eligible application.", amount=amount)
    left = max(target.target - target.received, usd(0))
    sentences = [
        _("Every eligible application can be funded today.") if gap.requested else "",
        _(
            "%(amount)s more reaches the target for %(year)s.",
            amount=whole_money(left),
            year=target.year,
        )
        if left
        else "",
    ]
    return " ".join(filter(None, sentences))


def need_figures(
    gap: Gap, for_calls: Money, show: Callable[[Money], Any], href: str = ""
) -> list[dict[str, Any]]:
    """What a fund needs, as tiles: committed, set aside, requested and how much of it can be met. A
    shortfall is named only where there is one.
    """
    met = _("%(amount)s of it can be met with the funds available", amount=whole_money(gap.met))
    tiles: list[tuple[str, Money, dict[str, str]]] = [
        (_("Committed to grants"), gap.awards, {"note": _("approved, to be paid")}),
        (_("Open calls"), for_calls, {"note": _("announced for their grants")}),
        (_("Requested"), gap.requested, {"note": met}),
        (_("Shortfall"), gap.missing, {"note": _("to fund every eligible application")}),
    ]
    return [
        {"label": label, "value": show(amount), "href": href, **more}
        for label, amount, more in tiles
        if amount
    ]
