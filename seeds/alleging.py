"""Allegations about grantees, one in each state, and the two persons who read them."""

from datetime import date

from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.granting.allegations import service
from grants.granting.allegations.models import Allegation, Subject
from seeds.company import Company, days_after, on
from seeds.finding import running_grants


def plant_allegations(company: Company) -> None:
    """The programme officer and the approving officer are named; not the fund manager."""
    session, fund, day = company.session, company.fund, days_after(company.today, -60)
    with on(days_after(day, -100)):
        for role in (Role.PROGRAMME_OFFICER, Role.APPROVING_OFFICER):
            person = company.people[role][0]
            service.name_reader(session, fund, person, company.act(Role.FUND_MANAGER))
    month_ago = days_after(company.today, -30)
    houses = [award.organisation for award in running_grants(company, month_ago)]
    _enter(company, houses[1], Subject.FRAUD, FRAUD, days_after(company.today, -3))
    examined = _enter(company, houses[2], Subject.ABUSE, ABUSE, days_after(day, 20))
    _take(company, examined, days_after(day, 22))
    shown = _enter(company, houses[3], Subject.FRAUD, RECEIPTS, day)
    dropped = _enter(company, houses[1], Subject.OTHER, HIRING, days_after(day, 4))
    closed = _enter(company, houses[2], Subject.OTHER, CAR, days_after(day, 5))
    for allegation in (shown, dropped, closed):
        _take(company, allegation, days_after(day, 8))
    with on(days_after(day, 30)):
        role, why = Role.APPROVING_OFFICER, "Two suppliers say that they never sent these bills."
        service.substantiate(session, shown, company.act(role, why))
        why = "The post was advertised, and three people were heard."
        service.dismiss(session, dropped, company.act(role, why))
        why = "The log book shows that every journey was for the project."
        service.dismiss(session, closed, company.act(role, why))
    with on(days_after(day, 35)):
        why = "Those concerned were told. Nothing remains to be done."
        service.close(session, closed, company.act(Role.PROGRAMME_OFFICER, why))


FRAUD = "The same bill for furniture stands in the reports of two projects."
ABUSE = "A volunteer is said to have asked a resident for favours. The volunteer left."
RECEIPTS = "Bills of two suppliers seem to be made up."
HIRING = "A relative of the director was hired as a driver."
CAR = "The car of the project is said to be used on Sundays."


def _enter(
    company: Company, house: Organisation, subject: Subject, text: str, day: date
) -> Allegation:
    with on(day):
        statement = service.Statement(subject, text, is_named=False)
        act = company.act(Role.FINANCE_OFFICER)
        return service.enter(company.session, company.fund, house, statement, act)


def _take(company: Company, allegation: Allegation, day: date) -> None:
    with on(day):
        act = company.act(Role.PROGRAMME_OFFICER)
        service.examine(company.session, allegation, act)
        service.add_note(company.session, allegation, "The house’s investigators lead it.", act)
