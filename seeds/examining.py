"""Who is written to at each donor, and the due diligence of those that are no State."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from grants.applying.applications.models import Application
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import DonorKind, Exclusion
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.giving.donors.models import ContactRole, Donor, Way
from grants.giving.donors.service import Card, note_contact, welcome
from grants.integrity.diligence.models import DueDiligence, Outcome
from grants.integrity.diligence.service import (
    Answer,
    answer,
    decide,
    open_case,
    recommend,
    take_over,
)
from grants.integrity.enquiries.models import Finding
from grants.integrity.enquiries.service import Answer as Given
from grants.integrity.enquiries.service import ask_reference, record_answer, record_visit
from grants.integrity.holds import service as holds
from grants.integrity.holds.models import HoldCoverage, OrganisationHold
from grants.integrity.other_grants.service import ReportedGrant as OfOthers
from grants.integrity.other_grants.service import enter_grants
from grants.integrity.risk.models import Capacity, Concern, Risk, Severity
from grants.integrity.risk.service import (
    Assessed,
    Raised,
    assess_safeguarding,
    lift,
    raise_flag,
    rate_risk,
)
from grants.integrity.sanctions.matching import compare_batch
from grants.integrity.sanctions.service import take_list
from grants.platform.file_checks.checks import Upload
from seeds.cast import COLLEAGUE, address
from seeds.company import Company, days_after, on
from seeds.giving import Known
from seeds.listed import consolidated_list
from seeds.scans import page_saying

SECOND_CONTACTS = ("Yara Lindqvist", "Paulo Teixeira", "Hana Kobayashi", "Idris Koné", "Mira Vogel")
FUNCTIONS = {
    DonorKind.MEMBER_STATE: (ContactRole.MINISTRY, "Head of desk, humanitarian affairs"),
    DonorKind.IGO: (ContactRole.PARTNERSHIPS, "Partnerships adviser"),
    DonorKind.NGO: (ContactRole.EXECUTIVE, "Executive director"),
    DonorKind.FOUNDATION: (ContactRole.PARTNERSHIPS, "Programme director"),
    DonorKind.PRIVATE: (ContactRole.PARTNERSHIPS, "Head of sustainability"),
    DonorKind.INDIVIDUAL: (ContactRole.OTHER, ""),
}
SPOKEN = {"QA": "ar", "KW": "ar", "CN": "zh", "FR": "fr", "ES": "es", "MX": "es"}
"""The language in which a donor of a country is written to; English where none is named."""
NOTHING = "Register of companies, press of five years and own website read; nothing found."
CONDITIONS = "Two of its hotels hold gaming rooms. No joint publicity, and no logo on our pages."
FOUND = {
    Exclusion.GAMBLING: CONDITIONS,
    Exclusion.TOBACCO: "Annual report: two thirds of its turnover comes from cigarettes.",
}
TAKEN_OVER = "Aurora Family Foundation"
WITH_CONDITIONS = "Meridian Hotels"


def plant_list(company: Company, day: date, *, newer: bool = False) -> None:
    """The sanctions list is taken, and everyone watched compared with it."""
    with on(day, 8):
        by = company.act(Role.PROGRAMME_OFFICER)
        take_list(company.session, "consolidated.xml", consolidated_list(day, newer=newer), by)
        while compare_batch(company.session):
            pass


def plant_contacts(company: Company, donors: list[Known], since: date) -> None:
    """Each donor's contact, and a second one at some; one takes no appeals."""
    with on(since):
        by = company.act(Role.FUND_MANAGER)
        for number, known in enumerate(donors):
            donor = welcome(company.session, known.organisation, by)
            role, function = FUNCTIONS[known.giver.kind]
            language = SPOKEN.get(known.giver.country or "", "en")
            donor.language = language
            card = Card(known.contact.name, function, role, known.contact.email, language=language)
            note_contact(company.session, donor, card, by)
            if known.giver.kind is not DonorKind.INDIVIDUAL and number % 2:
                _second(company, donor, number)
        first, mail = welcome(company.session, donors[0].organisation, by), address(COLLEAGUE)
        colleague = Card(COLLEAGUE, "Second Secretary", ContactRole.MISSION, mail)
        note_contact(company.session, first, colleague, by)


def _second(company: Company, donor: Donor, number: int) -> None:
    name = SECOND_CONTACTS[number // 2 % len(SECOND_CONTACTS)]
    state = donor.organisation.kind is DonorKind.MEMBER_STATE
    email = address(f"{name} {number}")
    card = Card(
        name,
        "First Secretary" if state else "Finance",
        ContactRole.MISSION if state else ContactRole.FINANCE,
        email,
        phone=f"+43 1 555 {number:04}",
        language=donor.language,
        way=Way.NOTE_VERBALE if state else Way.EMAIL,
        takes_appeals=number % 7 != 5,
    )
    note_contact(company.session, donor, card, company.act(Role.FUND_MANAGER))


def plant_clearances(company: Company, fund: Fund, donors: list[Known], day: date) -> None:
    """Donors that are no State are examined; one was accepted before this system."""
    if day >= company.today:
        return
    for known in donors:
        if known.giver.kind in (DonorKind.MEMBER_STATE, DonorKind.IGO):
            continue
        if known.giver.name == TAKEN_OVER:
            with on(day):
                by = Act.by_system("import", "Cleared in the fund’s files before.")
                if take_over(company.session, known.organisation, fund, by):
                    continue
        found = Exclusion.GAMBLING if known.giver.name == WITH_CONDITIONS else None
        examined(company, fund, known.organisation, day, found)


def examined(
    company: Company, fund: Fund, organisation: Organisation, day: date, found: Exclusion | None
) -> None:
    """From the first question to the decision, on one day."""
    outcome = Outcome.CONDITIONS if found else Outcome.CLEAR
    examination = recommended(company, fund, organisation, day, found, outcome)
    with on(day, 15):
        why = CONDITIONS if found else None
        decide(company.session, examination, outcome, company.act(Role.APPROVING_OFFICER, why))


def recommended(
    company: Company,
    fund: Fund,
    organisation: Organisation,
    day: date,
    found: Exclusion | None,
    outcome: Outcome,
) -> DueDiligence:
    with on(day, 9):
        by = company.act(Role.PROGRAMME_OFFICER)
        examination = open_case(company.session, organisation, fund, by)
        answers = {
            one.value: Answer(one is found, FOUND[one] if one is found else NOTHING)
            for one in Exclusion
        }
        answer(company.session, examination, answers, [], by)
        why = "Every criterion was looked into."
        recommend(company.session, examination, outcome, replace(by, reason=why))
    return examination


def plant_risks(company: Company, fund: Fund, applications: Sequence[Application]) -> None:
    """Some applicants are rated, and on two a flag is raised; one of the flags is lifted again."""
    levels = (Risk.LOW, Risk.MEDIUM, Risk.HIGH)
    why = "Audited accounts of two years and two references."
    with on(days_after(company.today, -30)):
        by = company.act(Role.PROGRAMME_OFFICER, why)
        for number, one in enumerate(applications[::3]):
            rate_risk(company.session, one.organisation, fund, levels[number % 3], by)
        late = Raised(Severity.YELLOW, Concern.DELIVERY, "An earlier report came two months late.")
        text = "One of its referees cannot be reached."
        gone = Raised(Severity.OBSERVATION, Concern.REPUTATION, text)
        raise_flag(company.session, applications[0].organisation, fund, late, by)
        flag = raise_flag(company.session, applications[3].organisation, fund, gone, by)
        _assess_safeguarding(company, fund, [one.organisation for one in applications[:4:3]])
        late_accounts = "Its audited accounts are eight months late."
        _hold(company, fund, applications[6].organisation, late_accounts)
        ended = _hold(company, fund, applications[9].organisation, "Its register entry has lapsed.")
    with on(days_after(company.today, -20)):
        by = company.act(Role.APPROVING_OFFICER, "The referee has answered.")
        lift(company.session, flag, by)
        renewed = company.act(Role.APPROVING_OFFICER, "The entry is renewed until next year.")
        holds.lift(company.session, ended, renewed)
    _ask_about(company, applications)


def _hold(
    company: Company, fund: Fund, organisation: Organisation, reason: str
) -> OrganisationHold:
    """New applications of an organisation are on hold, and it knows what to do."""
    remedy = "Send us the newest accounts and your entry in the register."
    terms = holds.Terms(HoldCoverage.APPLICATIONS, remedy, True, days_after(company.today, 45))
    by = company.act(Role.PROGRAMME_OFFICER, reason)
    return holds.place_hold(company.session, organisation, fund, terms, by)


def _assess_safeguarding(
    company: Company, fund: Fund, organisations: Sequence[Organisation]
) -> None:
    """One organisation has all that is needed; of another the assessment has expired."""
    by = company.act(Role.PROGRAMME_OFFICER, "Policy, training of all staff, two ways to complain.")
    file = Upload("Assessment of safeguarding.pdf", page_saying("Policy and training."))
    full, expired = (
        Assessed(
            Capacity.FULL, "", days_after(company.today, -60), days_after(company.today, 1000)
        ),
        Assessed(
            Capacity.MEDIUM,
            "Train the drivers by spring.",
            days_after(company.today, -800),
            days_after(company.today, -70),
        ),
    )
    for organisation, assessed in zip(organisations, (full, expired), strict=False):
        assess_safeguarding(company.session, organisation, fund, assessed, file, by)


def _ask_about(company: Company, applications: Sequence[Application]) -> None:
    """References, a visit and another funder's grants, of the first applicants."""
    session, house = company.session, applications[0].organisation
    asked_on = days_after(company.today, -25)
    with on(asked_on):
        by = company.act(Role.PROGRAMME_OFFICER)
        asked = ask_reference(session, house, "A. Mensah, regional office of IOM", asked_on, by)
        ask_reference(session, house, "J. Lind, Ministry of Foreign Affairs", asked_on, by)
    with on(days_after(company.today, -18)):
        day, by = days_after(company.today, -18), company.act(Role.PROGRAMME_OFFICER)
        said = "Two joint projects since 2022; reports came in time and the accounts were in order."
        record_answer(session, asked, Given(day, Finding.GOOD, said), by)
        seen = "The shelter has 24 beds. Case files are locked; the staff rota was complete."
        report = Upload("Report of the visit.pdf", page_saying(seen))
        visited = Given(day, Finding.GOOD, seen, report)
        record_visit(session, house, "Programme officer", visited, by)
        country, year = applications[0].country, company.today.year
        known = (
            OfOthers("Legal aid in the capital", "IOM", date(year, 1, 1), date(year + 1, 12, 31)),
            OfOthers(
                "Safe house",
                "UNHCR",
                date(year - 2, 3, 1),
                date(year, 2, 28),
                country,
                Money(8_500_000, "USD"),
                "XM-DAC-41121-2024-7",
            ),
        )
        enter_grants(session, house, known, by)
