"""The fund's books at the end of last year: what is doubtful of what donors owe."""

from datetime import date

from grants.funds.models import Fund
from grants.people.permissions import Role
from grants.receivables.queries import ageing
from grants.receivables.service import approve, propose_allowance
from seeds.company import Company, on


def plant_allowance(company: Company, fund: Fund) -> None:
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
