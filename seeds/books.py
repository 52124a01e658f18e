"""The fund's books: what is doubtful of what donors owe, and what is set aside."""

from datetime import date
from decimal import Decimal

from grants.books.settings.models import SettingChange
from grants.books.settings.service import decline, propose_change, put_in_force
from grants.books.settings.workflow import Setting
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money
from grants.core.people.permissions import Role
from grants.giving.receivables.queries import ageing
from grants.giving.receivables.service import approve, propose_allowance, reject, undo
from seeds.company import Company, days_after, on

ENDS = (
    (8, reject, "A note of the donor in Tokyo came this week. Ask it first."),
    (12, undo, "Posted before the last deposit of December was recorded."),
    (20, approve, ""),
)
"""What became of the proposals of January, on which day of it, and why."""


def plant_books(company: Company, fund: Fund, other: Fund) -> None:
    """What finance does beside the receiving and the paying."""
    _plant_allowance(company, fund)
    _plant_reserve(company, fund)
    _plant_support_cost(company, fund)
    day = days_after(company.today, -5)
    with on(day):
        act = company.act(Role.FINANCE_OFFICER)
        propose_allowance(company.session, other, date(day.year - 1, 12, 31), act)


def _plant_support_cost(company: Company, fund: Fund) -> None:
    """A higher share for the secretariat was proposed in spring, and declined."""
    day = days_after(company.today, -120)
    with on(day):
        act = company.act(Role.FINANCE_OFFICER, "The fund has grown faster than its secretariat.")
        change = propose_change(company.session, fund, Setting.SUPPORT_COST, Decimal(15), act)
    with on(days_after(day, 9)):
        why = "The rate is the organisation’s. The donors agreed to 13 per cent."
        decline(company.session, change, company.act(Role.APPROVING_OFFICER, why))


def _plant_allowance(company: Company, fund: Fund) -> None:
    """Finance proposed the allowance in the last January that is over, and the approving officer
    posted it.
    """
    year = days_after(company.today, -31).year
    year_end = date(year - 1, 12, 31)
    if not ageing(company.session, fund, year_end).doubtful:
        return
    for day, then, why in ENDS:
        with on(date(year, 1, day)):
            act = company.act(Role.FINANCE_OFFICER)
            run = propose_allowance(company.session, fund, year_end, act)
        with on(date(year, 1, day + 1)):
            if then is reject:
                reject(company.session, run, company.act(Role.APPROVING_OFFICER, why))
                continue
            approve(company.session, run, company.act(Role.APPROVING_OFFICER))
        if then is undo:
            with on(date(year, 1, day + 2)):
                undo(company.session, run, company.act(Role.APPROVING_OFFICER, why))


def _plant_reserve(company: Company, fund: Fund) -> None:
    """An operating reserve was set two years ago; a higher one waits for its approval."""
    year = company.today.year - 2
    with on(date(year, 11, 3)):
        first = _propose(company, fund, "25000", "Three months of the fund’s own expense.")
    with on(date(year, 11, 10)):
        put_in_force(company.session, first, company.act(Role.APPROVING_OFFICER))
    with on(days_after(company.today, -4)):
        _propose(company, fund, "40000", "Grants have grown, and so have three months of them.")


def _propose(company: Company, fund: Fund, dollars: str, reason: str) -> SettingChange:
    reserve = Money.parse(dollars, "USD")
    act = company.act(Role.FINANCE_OFFICER, reason)
    return propose_change(company.session, fund, Setting.OPERATING_RESERVE, reserve, act)
