"""Grants in life: agreement, instalments, receipt, reports."""

from datetime import date
from decimal import Decimal

from schwifty import IBAN

from grants.core.audit.act import Act
from grants.core.kernel import clock
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import AgeBand, Sex
from grants.core.people.permissions import Permission, Role
from grants.core.people.queries import people_of_organisation
from grants.deciding.awards.models import Award
from grants.granting.agreements import service as agreements
from grants.granting.bank_details import service as payees
from grants.granting.bank_details.queries import in_force
from grants.granting.payments import service as disbursements
from grants.granting.payments.models import Instalment
from grants.granting.payments.queries import instalments_of
from grants.granting.reporting import service as reporting
from grants.granting.reporting.content import Content
from grants.granting.reporting.models import Report, ReportKind
from grants.granting.reporting.queries import budget_of, reports_of
from grants.platform.documents.checks import Upload
from grants.platform.documents.service import keep
from seeds.applying import paper
from seeds.company import Company, days_after, on
from seeds.projects import Proposal


def sign(company: Company, award: Award, proposal: Proposal, day: date) -> None:
    """Both sides have signed; the copy is kept."""
    with on(day):
        if proposal.number % 11 == 4:
            donors = "Article 5 of the agreement with the donor who funds this grant: 7 per cent."
            officer = company.act(Role.APPROVING_OFFICER, donors)
            agreements.agree_support_cost(company.session, award, Decimal(7), officer)
        act = company.act(Role.FUND_MANAGER)
        upload = Upload("Signed agreement.pdf", paper("signed agreement", proposal))
        document = keep(company.session, upload, act)
        agreements.sign_agreement(company.session, award, day, document, act)
    state_account(company, award, proposal, day)


def state_account(company: Company, award: Award, proposal: Proposal, day: date) -> None:
    """The grantee states its account; finance calls back, and another officer approves."""
    if in_force(company.session, award.fund_id, award.organisation_id) is not None:
        return
    number = IBAN.generate("DE", "37040044", f"{award.organisation_id:010}")
    account = payees.Account(award.organisation.name, str(number), "Bank of the South")
    with on(day):
        asking = _grantee(company, award)
        upload = Upload("Bank letter.pdf", paper("letter of the bank", proposal))
        letter = keep(company.session, upload, asking, organisation_id=award.organisation_id)
        whose = award.fund, award.organisation
        details = payees.request_details(company.session, *whose, account, letter, asking)
    with on(days_after(day, 1)):
        call = payees.Call(clock.today(), "+43 1 26060 0", proposal.contact, "Every line agreed.")
        payees.record_call(company.session, details, call, company.act(Role.FINANCE_OFFICER))
    with on(days_after(day, 2)):
        payees.approve(company.session, details, company.act(Role.APPROVING_OFFICER))


def run(company: Company, award: Award, proposal: Proposal, *, instalments: int = 9) -> None:
    """Pay, confirm and report as far as the calendar and the story go."""
    reports = list(reports_of(company.session, award.id))
    for place, instalment in enumerate(instalments_of(company.session, award.id)):
        day = days_after(instalment.due_on, 4)
        if place >= instalments or day >= company.today:
            return
        for report in reports[:place]:
            if not _report(company, report, proposal):
                return
        day = max(day, *(days_after(report.due_on, 12) for report in reports[:place]), day)
        if days_after(day, 5) >= company.today:
            return
        _pay(company, instalment, day)
    for report in reports:
        _report(company, report, proposal)


def certify_only(company: Company, award: Award) -> None:
    """The first instalment waits for its release."""
    first = instalments_of(company.session, award.id)[0]
    with on(days_after(company.today, -1)):
        disbursements.certify(
            company.session,
            first,
            company.act(Role.CERTIFYING_OFFICER, "The shelter opens before the day it is due."),
        )


def _pay(company: Company, instalment: Instalment, day: date) -> None:
    with on(day):
        disbursements.certify(company.session, instalment, company.act(Role.CERTIFYING_OFFICER))
    paid = days_after(day, 2)
    with on(paid):
        disbursements.release(
            company.session,
            instalment,
            paid,
            f"OUT{paid:%y%m%d}{instalment.id:04}",
            company.act(Role.FINANCE_OFFICER),
        )
    with on(days_after(paid, 2)):
        disbursements.confirm_receipt(
            company.session, instalment, _grantee(company, instalment.award)
        )


def _grantee(company: Company, award: Award) -> Act:
    people = people_of_organisation(
        company.session, award.organisation_id, Permission.INSTALMENT_CONFIRM
    )
    return company.act_of(people[0])


def _report(company: Company, report: Report, proposal: Proposal) -> bool:
    """Written, sent and accepted; false while its day has not come."""
    if report.state.value == "accepted":
        return True
    sent, accepted = days_after(report.due_on, -5), days_after(report.due_on, 8)
    if sent >= company.today:
        return False
    with on(sent):
        content = _content(company, report, proposal)
        reporting.submit(company.session, report, content, _grantee(company, report.award))
    if accepted >= company.today:
        return False
    with on(accepted):
        reporting.accept(company.session, report, company.act(Role.PROGRAMME_OFFICER))
    return True


def _content(company: Company, report: Report, proposal: Proposal) -> Content:
    people = proposal.people if report.kind is ReportKind.FINAL else proposal.people // 2
    girls, women = people * 2 // 5, people * 2 // 5
    beneficiaries = {
        Sex.WOMEN.value: {AgeBand.ADOLESCENT.value: girls, AgeBand.YOUNG.value: women},
        Sex.MEN.value: {AgeBand.ADOLESCENT.value: people - girls - women},
    }
    budget = list(budget_of(company.session, report.award_id))
    earlier = sum(
        other.number < report.number for other in reports_of(company.session, report.award_id)
    )
    whole = report.kind is ReportKind.FINAL
    spent = {
        line.category: Money(
            line.amount_minor - line.amount_minor * 45 // 100 * min(earlier, 1)
            if whole
            else line.amount_minor * 45 // 100,
            "USD",
        )
        for line in budget
    }
    return Content(
        "The shelter was open every day, and everyone who was referred found a place.",
        "Referrals came in waves after each raid, so nights had to be covered at short notice.",
        beneficiaries,
        {proposal.forms[0].value: people},
        {service.value: people for service in proposal.services},
        spent,
        "Rents rose in spring; the difference was taken from running costs.",
    )
