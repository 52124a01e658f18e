"""Findings on grants, one in each state: from reports, visits, spot checks and audits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from grants.core.audit.act import Act
from grants.core.kernel.money import usd
from grants.core.people.models import Person
from grants.core.people.permissions import Permission, Role
from grants.core.people.queries import people_of_organisation
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AwardState
from grants.granting.findings.models import Finding, Source
from grants.granting.findings.recovery import claim
from grants.granting.findings.reminding import remind_and_escalate
from grants.granting.findings.service import Observation, answer, close, note, send_back, withdraw
from grants.granting.findings.workflow import Severity
from grants.granting.recovery.queries import refundable
from grants.granting.reporting.queries import reports_of
from grants.platform.file_checks.checks import Upload
from seeds.company import GRANTEE, Company, days_after, on
from seeds.scans import page_saying


@dataclass(frozen=True)
class Sample:
    """What was observed, how bad it is, from what it comes, and how much seems ineligible."""

    text: str
    severity: Severity
    source: Source
    dollars: int = 0


VEHICLE = Sample(
    "The car is used without a log book. Journeys of the project cannot be told from others.",
    Severity.MEDIUM,
    Source.VISIT,
)
TIMES = Sample(
    "Two of five staff had no time sheets for the quarter that we looked at.",
    Severity.LOW,
    Source.SPOT_CHECK,
)
INVENTORY = Sample("The equipment bought with the grant is in no list.", Severity.LOW, Source.AUDIT)
RECEIPTS = Sample(
    "Receipts for food of two months are missing.", Severity.HIGH, Source.SPOT_CHECK, 1_250
)
MEALS_COST = usd(340_00)
MEALS = Sample(
    "Meals for a board meeting were charged to the grant.", Severity.MEDIUM, Source.AUDIT, 340
)
SHARE = Sample(
    "Rent was charged in full, although another project uses a third of the rooms.",
    Severity.HIGH,
    Source.OTHER,
    900,
)
WRONG = Sample("The report seemed to lack the annex on training.", Severity.LOW, Source.REPORT)


def plant_findings(company: Company) -> None:
    """On the grants that run, as different from each other as life."""
    day = days_after(company.today, -30)
    grants = running_grants(company, day)
    first, second, third, fourth = grants[0], grants[1], grants[2], grants[-1]
    _note(company, first, day, VEHICLE, due_in=44)
    answered = _note(company, second, day, TIMES, due_in=25)
    _answer(company, answered, days_after(day, 20), "A time sheet is signed each Friday since.")
    returned = _note(company, first, day, INVENTORY, due_in=38)
    _answer(company, returned, days_after(day, 9), "There is a list now.")
    with on(days_after(day, 12)):
        why = "Please add the list itself, with the numbers on the equipment."
        send_back(company.session, returned, company.act(Role.PROGRAMME_OFFICER, why))
    _recover(company, _paid_of(company, [*grants[2:], *grants[:2]]), day)
    _close(company, second, day)
    _withdraw(company, third, day)
    _note(company, fourth, day, RECEIPTS, due_in=20)
    with on(days_after(company.today, -1)):
        remind_and_escalate(company.session, Act.by_system("findings"))


def _paid_of(company: Company, grants: Sequence[Award]) -> Award:
    """A grant of which enough was paid that some can be asked back."""
    paid = (
        award for award in grants if refundable(company.session, award).minor >= MEALS_COST.minor
    )
    return next(paid)


def running_grants(company: Company, day: date) -> list[Award]:
    """A running grant of each grantee, signed before a day; that of the one that signs in first."""
    running = [
        (award, idea)
        for award, idea in company.grants
        if award.state is AwardState.AGREED and (award.agreement_signed_on or day) < day
    ]
    running.sort(key=lambda pair: (pair[1].number != GRANTEE, -pair[0].ends_on.toordinal()))
    houses: dict[int, Award] = {}
    for award, _idea in running:
        houses.setdefault(award.organisation_id, award)
    assert len(houses) > 3, "four grantees have a running grant"
    return list(houses.values())


def answerer_of(company: Company, award: Award) -> Person:
    """The person of the grantee who answers."""
    grantee = award.organisation_id
    return people_of_organisation(company.session, grantee, Permission.FINDING_ANSWER)[0]


def _grantee(company: Company, award: Award) -> Act:
    return company.act_of(answerer_of(company, award))


def _note(
    company: Company,
    award: Award,
    day: date,
    sample: Sample,
    *,
    due_in: int = 30,
) -> Finding:
    session = company.session
    with on(day):
        owner = answerer_of(company, award)
        reports = reports_of(session, award.id) if sample.source is Source.REPORT else ()
        observation = Observation(
            sample.text,
            sample.severity,
            owner,
            days_after(day, due_in),
            sample.source,
            reports[0] if reports else None,
            usd(sample.dollars * 100),
        )
        return note(session, award, observation, company.act(Role.PROGRAMME_OFFICER))


def _answer(company: Company, finding: Finding, day: date, text: str) -> None:
    with on(day):
        upload = Upload("Evidence.pdf", page_saying(text))
        answer(company.session, finding, text, _grantee(company, finding.award), upload)


def _recover(company: Company, award: Award, day: date) -> None:
    finding = _note(company, award, day, MEALS, due_in=21)
    _answer(company, finding, days_after(day, 8), "The board met in the shelter on a Sunday.")
    with on(days_after(day, 15)):
        why = "Meetings of a board are no cost of the project. The amount has to be refunded."
        act = company.act(Role.PROGRAMME_OFFICER)
        by = days_after(company.today, 25)
        claim(company.session, finding, MEALS_COST, by, why, act)


def _close(company: Company, award: Award, day: date) -> None:
    finding = _note(company, award, day, SHARE, due_in=21)
    _answer(company, finding, days_after(day, 6), "The other project pays its third since March.")
    with on(days_after(day, 11)):
        why = "The bank statements show the third of the other project. Nothing is to be refunded."
        close(company.session, finding, why, company.act(Role.PROGRAMME_OFFICER))


def _withdraw(company: Company, award: Award, day: date) -> None:
    finding = _note(company, award, day, WRONG)
    with on(days_after(day, 3)):
        why = "The annex is there: it was filed with the earlier report."
        withdraw(company.session, finding, company.act(Role.FUND_MANAGER, why))
