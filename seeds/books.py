"""The fund's books: what is doubtful of what donors owe, and what is set aside."""

from datetime import date

from grants.books.settings.models import SettingChange
from grants.books.settings.service import propose_change, put_in_force
from grants.books.settings.workflow import Setting
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money
from grants.core.people.permissions import Role
from grants.giving.receivables.queries import ageing
from grants.giving.receivables.service import approve, propose_allowance
from seeds.company import Company, days_after, on


def plant_books(company: Company, fund: Fund) -> None:
    """What finance does beside the receiving and the paying."""
    _plant_allowance(company, fund)
    _plant_reserve(company, fund)


def _plant_allowance(company: Company, fund: Fund) -> None:
    """Finance proposes the allowance in January, the approving officer posts it a week later."""
    year = company.today.year
    year_end = date(year - 1, 12, 31)
    if not ageing(company.session, fund, year_end).doubtful:
        return
    with on(date(year, 1, 14)):
        act = company.act(Role.FINANCE_OFFICER)
        run = propose_allowance(company.session, fund, year_end, act)
    with on(date(year, 1, 21)):
        approve(company.session, run, company.act(Role.APPROVING_OFFICER))


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
