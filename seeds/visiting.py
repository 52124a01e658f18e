"""A call that is reviewed blind, and whose applicants are visited before any is recommended."""

from datetime import date

from grants.applying.applications.models import Application
from grants.core.funds.models import Fund
from grants.core.kernel.taxonomies import Encounter
from grants.core.people.permissions import Role
from grants.deciding.reviews.queries import reviews_of
from grants.deciding.reviews.service import declare_no_conflict
from grants.deciding.visits import service
from grants.integrity.enquiries.models import Finding
from grants.integrity.enquiries.service import Answer
from seeds import applying, deciding
from seeds.company import Company, days_after, on
from seeds.projects import proposal

NUMBERS = (30, 33, 38, 41, 44)
"""Two are being reviewed; of the others one is to be visited, one was, and one visit fell through.
"""


def plant_blind_call(company: Company, fund: Fund) -> None:
    opens, closes = days_after(company.today, -120), days_after(company.today, -75)
    call = applying.plant_call(
        company,
        fund,
        "SPECIAL",
        f"Small organisations that work alone, {company.today.year}",
        opens,
        closes,
        envelope=150_000,
        blind=True,
        visit=Encounter.VISIT,
    )
    day, reviewed = days_after(closes, 8), []
    for place, number in enumerate(NUMBERS):
        idea = proposal(number)
        application = applying.hand_in(company, call, idea, days_after(opens, 20 + place))
        assert deciding.screen(company, application, idea, day)
        deciding.assign(company, application, 4 * place, days_after(day, 3))
        if place > 1:
            deciding.review(company, application, idea, days_after(day, 9))
            reviewed.append(application)
        elif place:
            _declare(company, application, days_after(day, 9))
    applying.close(company, call)
    _visit(company, reviewed, days_after(day, 30))


def _declare(company: Company, application: Application, day: date) -> None:
    for review in reviews_of(company.session, application):
        with on(day):
            declare_no_conflict(company.session, review, company.act_of(review.reviewer))


def _visit(company: Company, applications: list[Application], day: date) -> None:
    ahead, held, off = applications
    session, officer = company.session, company.people[Role.PROGRAMME_OFFICER][0]
    for application, planned in ((held, day), (off, day), (ahead, days_after(company.today, 12))):
        with on(days_after(day, -7)):
            plan = service.Plan(planned, "At its office", (officer,))
            visit = service.plan(session, application, plan, company.act_of(officer))
        if application is held:
            with on(days_after(day, 2)):
                service.report(session, visit, _report(day), company.act_of(officer))
        elif application is off:
            with on(days_after(day, -1)):
                why = "The road is flooded. Another day is agreed when it is open again."
                service.cancel(session, visit, company.act_of(officer, why))


def _report(day: date) -> service.Report:
    said = (
        "The office and the shelter are as described. The books of the last two years were there, "
        "and the receipts that we asked for were found. The night line is staffed by two people, "
        "not three."
    )
    advice = "Recommend it. Ask for a third person on the night line in the first instalment."
    return service.Report(Answer(day, Finding.GOOD, said), advice)
