"""Visits, spot checks and audits of running grants, one in each state, and their plans."""

from datetime import date

from grants.core.people.permissions import Role
from grants.deciding.awards.models import Award
from grants.granting.findings.models import Source
from grants.granting.findings.service import Observation
from grants.granting.findings.workflow import Severity
from grants.granting.monitoring import service
from grants.granting.monitoring.assurance import decide_plan, proposal_of
from grants.granting.monitoring.models import Activity, ActivityKind
from grants.platform.file_checks.checks import Upload
from seeds.company import Company, days_after, on
from seeds.finding import answerer_of, running_grants
from seeds.scans import page_saying


def plant_monitoring(company: Company) -> None:
    """Of four grants; the others wait for their plan."""
    day = days_after(company.today, -40)
    grants = running_grants(company, day)
    _plan_assurance(company, grants[1], day)
    _plan(company, grants[0], ActivityKind.SPOT_CHECK, day, due_in=35)
    announced = _plan(company, grants[0], ActivityKind.VISIT, day, due_in=60)
    with on(days_after(company.today, -5)):
        visit_on, act = days_after(company.today, 9), company.act(Role.PROGRAMME_OFFICER)
        service.announce(company.session, announced, visit_on, "The office in town", act)
    _hold(company, _plan(company, grants[2], ActivityKind.SPOT_CHECK, day, due_in=39), -3)
    _report(company, _plan(company, grants[3], ActivityKind.VISIT, day, due_in=30), -12)
    closed = _plan(company, grants[1], ActivityKind.VISIT, day, due_in=25)
    _report(company, closed, -20)
    with on(days_after(company.today, -10)):
        words = "We agree with the report, and thank the organisation for two open days."
        service.close(company.session, closed, words, company.act(Role.FUND_MANAGER))
    off = _plan(company, grants[2], ActivityKind.AUDIT, day, due_in=70)
    with on(days_after(company.today, -4)):
        why = "The audit of the whole organisation covers this grant."
        service.cancel(company.session, off, company.act(Role.FUND_MANAGER, why))


def _plan_assurance(company: Company, award: Award, day: date) -> None:
    with on(day):
        kinds = {item.kind for item in proposal_of(company.session, award)}
        why = "A first grant: one spot check shows how the books are kept."
        act = company.act(Role.PROGRAMME_OFFICER, why)
        decide_plan(company.session, award, kinds | {ActivityKind.SPOT_CHECK}, act)


def _plan(
    company: Company, award: Award, kind: ActivityKind, day: date, *, due_in: int
) -> Activity:
    purpose = {
        ActivityKind.VISIT: "See how people are received, and talk to the staff.",
        ActivityKind.SPOT_CHECK: "Compare forty entries of the last report with their receipts.",
        ActivityKind.AUDIT: "Audit of the whole expenditure.",
    }[kind]
    with on(day):
        lead = company.people[Role.PROGRAMME_OFFICER][0]
        facts = service.ActivityFacts(kind, days_after(day, due_in), purpose, lead)
        return service.plan_activity(
            company.session, award, facts, company.act(Role.PROGRAMME_OFFICER)
        )


def _hold(company: Company, activity: Activity, days: int) -> None:
    held_on = days_after(company.today, days)
    with on(days_after(held_on, 1)):
        act = company.act(Role.PROGRAMME_OFFICER)
        service.hold(company.session, activity, held_on, act)


SAW = (
    "We met the director and the bookkeeper in the office. Of forty entries thirty-eight had their "
    "receipts. The rooms for counselling are used every day; the waiting list names nobody."
)


def _report(company: Company, activity: Activity, days: int) -> None:
    _hold(company, activity, days)
    with on(days_after(company.today, days + 2)):
        act, session = company.act(Role.PROGRAMME_OFFICER), company.session
        text = "Two of forty entries have no receipt."
        owner = answerer_of(company, activity.award)
        due_on = days_after(company.today, 18)
        observation = Observation(text, Severity.LOW, owner, due_on, Source.OTHER)
        service.note_finding(session, activity, observation, act)
        file = Upload("Report of the visit.pdf", page_saying(SAW))
        service.report(session, activity, SAW, "Pay the next instalment.", act, file)
