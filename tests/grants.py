"""A grant in life, for the tests of the rooms that carry it: its people, its acts, a scene."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy.orm import Session

from grants.applying.organisations.facts import profile_of
from grants.applying.organisations.service import describe
from grants.books.ledger.entries import Voucher
from grants.books.ledger.receipts import book_interest
from grants.books.ledger.spending import reserve_award
from grants.core.audit.act import Act
from grants.core.audit.advance import begin
from grants.core.database.numbering import next_number
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.clock import months_after
from grants.core.kernel.money import Money
from grants.core.people.models import Organisation, Person
from grants.core.people.permissions import Role
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AWARD
from grants.granting.agreements.service import sign_agreement
from grants.granting.bank_details.doubts import doubts_about
from grants.granting.bank_details.models import BankDetails
from grants.granting.bank_details.queries import in_force
from grants.granting.bank_details.service import (
    Account,
    Call,
    approve,
    record_call,
    request_details,
)
from grants.granting.closure.service import close_grant, state_closing
from grants.granting.payments.models import Instalment
from grants.granting.payments.queries import instalments_of
from grants.granting.payments.receipts import confirm_receipt
from grants.granting.payments.service import approve as approve_payment
from grants.granting.payments.service import certify, release
from grants.granting.reporting.content import Content
from grants.granting.reporting.models import Report
from grants.granting.reporting.projects import promise_of, spending_lines
from grants.granting.reporting.queries import budget_of, reports_of
from grants.granting.reporting.service import accept, submit
from grants.granting.reporting.workflow import ReportPart, ReportState
from grants.granting.results.models import ResultsEdition
from grants.granting.results.service import publish_edition
from grants.platform.documents.models import Document
from tests.factories import act_of, an_organisation, member, staff


@dataclass(frozen=True)
class GrantPeople:
    """Everyone whom a grant's life needs, each in one role."""

    approver: Person
    manager: Person
    certifier: Person
    finance: Person
    officer: Person
    grantee: Person


def grant_people(session: Session, organisation: Organisation) -> GrantPeople:
    return GrantPeople(
        approver=staff(session, Role.APPROVING_OFFICER),
        manager=staff(session, Role.FUND_MANAGER),
        certifier=staff(session, Role.CERTIFYING_OFFICER),
        finance=staff(session, Role.FINANCE_OFFICER),
        officer=staff(session, Role.PROGRAMME_OFFICER),
        grantee=member(session, organisation, name=f"Luz {organisation.code.title()}"),
    )


ACCOUNT = Account("Casa Segura", "00 2233 4455", "Bank of the South", "BSOUHNTE", "1 Main Square")
TELEPHONE = "+504 2550 1234"


def account_of(organisation: Organisation) -> Account:
    """An account in the organisation's name and country."""
    bic = f"BSOU{organisation.country or 'HN'}TE"
    number = f"00 2233 {organisation.id:06}"
    return replace(ACCOUNT, holder=organisation.name, number=number, bic=bic)


def with_telephone(session: Session, organisation: Organisation, person: Person) -> Organisation:
    """The organisation has told the fund its telephone number."""
    profile = replace(profile_of(organisation), telephone=TELEPHONE)
    describe(session, organisation, profile, act_of(session, person))
    return organisation


def paid_to(
    session: Session,
    fund: Fund,
    organisation: Organisation,
    people: GrantPeople,
    account: Account | None = None,
) -> BankDetails:
    """Bank details stated by the grantee, checked by the programme officer, and approved."""
    with_telephone(session, organisation, people.grantee)
    account = account or account_of(organisation)
    asking = act_of(session, people.grantee)
    paper = a_file(session, people.grantee, "bank-letter.pdf")
    details = request_details(session, fund, organisation, account, paper, asking)
    call = Call(clock.today(), TELEPHONE, "Luz Reyes")
    record_call(session, details, call, act_of(session, people.officer))
    reason = "The branch is the nearest to the shelter." if doubts_about(details) else None
    approve(session, details, act_of(session, people.approver, reason))
    return details


def cash(session: Session, fund: Fund, amount: str = "1000000") -> None:
    """Money of the fund's own in the bank, in USD."""
    number = next_number(session, "test/cash")
    day = clock.today() - timedelta(400)
    voucher = Voucher(fund, day, "interest", f"test:cash:{number}", Act.by_system("test"))
    book_interest(session, voucher, Money.parse(amount, "USD"))


def an_approved_award(
    session: Session,
    fund: Fund,
    organisation: Organisation,
    approver: Person,
    amount: str = "20000",
    starts_on: date | None = None,
    months: int = 8,
) -> Award:
    """An approved award with its sum reserved in the books, as approval leaves it. Unless its start
    is given it ends about today, so that everything can be reported, paid and closed.
    """
    first = starts_on or months_after(clock.today() + timedelta(1), -months)
    award = Award(
        reference=f"{fund.code}-G-2026-{next_number(session, 'test/award'):03}",
        fund=fund,
        organisation=organisation,
        title="Shelter and legal aid for survivors",
        country=organisation.country,
        amount_minor=Money.parse(amount, "USD").minor,
        psc_percent=fund.psc_percent,
        approved_on=min(first, clock.today()),
        starts_on=first,
        ends_on=months_after(first, months) - timedelta(1),
    )
    act = act_of(session, approver)
    begin(session, award, AWARD, act)
    voucher = Voucher(fund, award.approved_on, award.account, f"{award.account}:reserved", act)
    reserve_award(session, voucher, award.amount, award.psc_percent)
    return award


def a_running_grant(
    session: Session, award: Award, manager: Person, signed_on: date | None = None
) -> Award:
    """The agreement signed as proposed."""
    sign_agreement(
        session,
        award,
        signed_on or award.approved_on,
        a_file(session, manager),
        act_of(session, manager),
    )
    return award


def a_file(session: Session, person: Person, name: str = "agreement-signed.pdf") -> Document:
    """A file a person submitted."""
    document = Document(
        sha256="0" * 64,
        name=name,
        media_type="application/pdf",
        size=4,
        uploaded_by_id=person.id,
        uploaded_at=clock.now(),
    )
    session.add(document)
    session.flush()
    return document


def approved(session: Session, instalment: Instalment, people: GrantPeople) -> None:
    """Certified by one and approved by another person: a third may pay it."""
    certify(session, instalment, act_of(session, people.certifier, "Needed now."))
    approve_payment(session, instalment, act_of(session, people.approver))


def pay(session: Session, instalment: Instalment, people: GrantPeople, paid_on: date) -> None:
    """Certified, approved, released and confirmed, each by its own person."""
    award = instalment.award
    if in_force(session, award.fund_id, award.organisation_id) is None:
        paid_to(session, award.fund, award.organisation, people)
    approved(session, instalment, people)
    reference = f"TT-{instalment.award_id}-{instalment.number}"
    release(session, instalment, paid_on, reference, act_of(session, people.finance))
    confirm_receipt(session, instalment, act_of(session, people.grantee))


def report_content(
    session: Session, report: Report, spent: str = "1000", people: int = 14
) -> Content:
    """A plain, complete report: so many women, all that was spent in the first category."""
    lines = budget_of(session, report.award_id)
    expenditure = {line.category: Money(0, "USD") for line in lines}
    expenditure[lines[0].category] = Money.parse(spent, "USD")
    return Content(
        narrative="The shelter was open every day.",
        challenges="The road was closed in June.",
        beneficiaries={"female": {"18-24": people}},
        exploitation={"sexual": people},
        services={"shelter": people},
        expenditure=expenditure,
        results={
            str(number): {"now": "Half of it.", "so_far": "Most of it."}
            for number, _result in enumerate(promise_of(report.award).results, 1)
        },
        explanations={line.key: "Prices fell." for line in spending_lines(session, report.award)},
    )


def an_accepted_report(
    session: Session, report: Report, people: GrantPeople, spent: str = "1000", reached: int = 14
) -> None:
    content = report_content(session, report, spent, reached)
    submit(session, report, content, act_of(session, people.grantee))
    accept_report(session, report, people)


def accept_report(session: Session, report: Report, people: GrantPeople) -> None:
    """The programme officer accepts the narrative, the finance officer the finances."""
    for part, person in zip(ReportPart, (people.officer, people.finance), strict=True):
        if report.state is ReportState.SUBMITTED and report.waits_for_answer(part):
            accept(session, report, part, act_of(session, person))


def publish_results(session: Session, fund: Fund, people: GrantPeople) -> ResultsEdition:
    """The fund manager publishes everything that grantees have reported."""
    return publish_edition(session, fund, act_of(session, people.manager))


def once_ended(report: Report) -> AbstractContextManager[None]:
    """The day after the last one that a report is on."""
    return clock.at(datetime.combine(report.covers_to + timedelta(1), time(12), clock.zone()))


def a_closed_grant(session: Session, award: Award, people: GrantPeople) -> Award:
    """Signed, paid and reported to the last dollar, and closed; its period is over by today."""
    ahead = max(award.ends_on - clock.today(), timedelta())
    award.starts_on, award.ends_on = award.starts_on - ahead, award.ends_on - ahead
    a_running_grant(session, award, people.manager)
    first, *others = instalments_of(session, award.id)
    pay(session, first, people, clock.today())
    reports = list(reports_of(session, award.id))
    spent = award.amount_minor // 100 // len(reports)
    for report, instalment in zip(reports, others, strict=True):
        an_accepted_report(session, report, people, str(spent))
        pay(session, instalment, people, clock.today())
    state_closing(session, award, (), "Night outreach works.", act_of(session, people.grantee))
    close_grant(session, award, act_of(session, people.officer))
    return award


@dataclass(frozen=True)
class Scene:
    """A fund with money, an organisation with an approved award, and everyone concerned."""

    session: Session
    fund: Fund
    organisation: Organisation
    people: GrantPeople
    award: Award

    def run(self) -> "Scene":
        """The agreement is signed, and the bank details are confirmed."""
        a_running_grant(self.session, self.award, self.people.manager)
        paid_to(self.session, self.fund, self.organisation, self.people)
        return self

    @property
    def instalments(self) -> list[Instalment]:
        return list(instalments_of(self.session, self.award.id))

    @property
    def reports(self) -> list[Report]:
        return list(reports_of(self.session, self.award.id))


@pytest.fixture
def scene(session: Session, fund: Fund) -> Scene:
    """An award of 20,000 USD over the eight months to today, approved and not signed yet."""
    cash(session, fund)
    organisation = an_organisation(session)
    people = grant_people(session, organisation)
    return Scene(
        session,
        fund,
        organisation,
        people,
        an_approved_award(session, fund, organisation, people.approver),
    )


@pytest.fixture
def running(scene: Scene) -> Scene:
    """The same grant once its agreement is signed and its bank details are approved."""
    return scene.run()
