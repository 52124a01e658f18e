"""Grants in life: agreement, instalments, receipt, reports."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from schwifty import IBAN
from sqlalchemy import select

from grants.core.audit.act import Act
from grants.core.kernel import clock
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import AgeBand, Sex
from grants.core.people.models import Person
from grants.core.people.permissions import Permission, Role
from grants.core.people.queries import people_of_organisation
from grants.deciding.announcements.public_names import is_named
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AwardState
from grants.desk.audit_samples import service as audit_samples
from grants.granting.agreements import service as agreements
from grants.granting.bank_details import service as payees
from grants.granting.bank_details.models import BankDetails
from grants.granting.bank_details.queries import in_force
from grants.granting.bank_details.telephones import known_numbers
from grants.granting.closure.service import close_grant, to_close
from grants.granting.payments import service as disbursements
from grants.granting.payments.models import Instalment
from grants.granting.payments.queries import instalments_of
from grants.granting.payments.receipts import confirm_receipt
from grants.granting.payments.workflow import InstalmentState
from grants.granting.reporting import service as reporting
from grants.granting.reporting.content import Content
from grants.granting.reporting.files import add_file
from grants.granting.reporting.models import FileKind, Report, ReportKind
from grants.granting.reporting.projects import call_form_of, promise_of, spending_lines
from grants.granting.reporting.public_summary import QUESTION, SECTION
from grants.granting.reporting.queries import budget_of, reports_of
from grants.granting.reporting.workflow import ReportPart, ReportState
from grants.granting.results.service import publish_edition
from grants.granting.summaries.measured import publishable_results
from grants.granting.summaries.queries import report_with_summary
from grants.granting.summaries.service import release_summary
from grants.platform.documents.service import keep
from grants.platform.file_checks.checks import Upload
from seeds import closing
from seeds.applying import paper, telephone_of
from seeds.circulating import sign_online
from seeds.company import GRANTEE, Company, days_after, on
from seeds.grantees import examine_grantee
from seeds.outreach import thank_donors
from seeds.projects import Proposal
from seeds.report_forms import ANSWERS
from seeds.scans import page_saying

SIGNED_ONLINE = 111
"""The proposal whose agreement was sent out and signed online; the others came on paper."""


def sign(company: Company, award: Award, proposal: Proposal, day: date) -> None:
    """Both sides have signed; the copy is kept."""
    examine_grantee(company, award.fund, award.organisation, days_after(day, -1))
    with on(day):
        if proposal.number % 11 == 4:
            donors = "Article 5 of the agreement with the donor who funds this grant: 7 per cent."
            officer = company.act(Role.APPROVING_OFFICER, donors)
            agreements.agree_support_cost(company.session, award, Decimal(7), officer)
        act = company.act(Role.FUND_MANAGER)
        if proposal.number != SIGNED_ONLINE:
            upload = Upload("Signed agreement.pdf", paper("signed agreement", proposal))
            document = keep(company.session, upload, act)
            agreements.sign_agreement(company.session, award, day, document, act)
    if proposal.number == SIGNED_ONLINE:
        sign_online(company, award, day)
    company.grants.append((award, proposal))
    state_account(company, award, proposal, day)


def state_account(company: Company, award: Award, proposal: Proposal, day: date) -> None:
    """The grantee states its account; finance calls back, and another officer approves."""
    if in_force(company.session, award.fund_id, award.organisation_id) is not None:
        return
    account = payees.Account(
        award.organisation.name,
        f"{2_233_000_000 + award.organisation_id}",
        "Bank of the South",
        f"BSOU{award.organisation.country}AA",
        f"1 Market Square, {proposal.place}",
    )
    with on(day):
        asking = _grantee(company, award)
        upload = Upload("Bank letter.pdf", paper("letter of the bank", proposal))
        letter = keep(company.session, upload, asking, organisation_id=award.organisation_id)
        whose = award.fund, award.organisation
        details = payees.request_details(company.session, *whose, account, letter, asking)
    with on(days_after(day, 1)):
        call = payees.Call(
            clock.today(), telephone_of(proposal), proposal.contact, "Every line agreed."
        )
        payees.record_call(company.session, details, call, company.act(Role.PROGRAMME_OFFICER))
    with on(days_after(day, 2)):
        payees.approve(company.session, details, company.act(Role.APPROVING_OFFICER))


def run(company: Company, award: Award, proposal: Proposal, *, instalments: int = 9) -> None:
    """Pay, confirm and report as far as the calendar and the story go."""
    reports = list(reports_of(company.session, award.id))
    for place, instalment in enumerate(instalments_of(company.session, award.id)):
        day = days_after(max(instalment.due_on, _signed_on(award)), 4)
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


def _signed_on(award: Award) -> date:
    """The day from which this award may be paid."""
    assert award.agreement_signed_on is not None
    return award.agreement_signed_on


def close(company: Company, award: Award, *, keep_open: int = 0) -> None:
    """The grant is closed, if nothing of it is open any more; the first `keep_open` of the story
    stay open for what can happen at the end.
    """
    if award.state is not AwardState.AGREED or not _is_done(company, award):
        return
    if award in company.ending:
        return
    if len(company.ending) < keep_open:
        company.ending.append(award)
        return
    day = min(days_after(award.ends_on, 110), days_after(company.today, -1))
    with on(day):
        closing.state(company, award)
        if not to_close(company.session, award):
            close_grant(company.session, award, company.act(Role.PROGRAMME_OFFICER))


def _is_done(company: Company, award: Award) -> bool:
    """Is everything paid, confirmed and reported?"""
    parts, reports = (
        instalments_of(company.session, award.id),
        reports_of(company.session, award.id),
    )
    return all(part.state is InstalmentState.CONFIRMED for part in parts) and all(
        report.state is ReportState.ACCEPTED for report in reports
    )


def leave_open(company: Company) -> None:
    """What waits for somebody: a payment to be confirmed, two reports, five accounts to change."""
    others = [pair for pair in company.grants if pair[1].number != GRANTEE]
    _pay_last(company)
    _report_early(company, others)
    _change_accounts(company, [award for award, _idea in others])


def publish_results(company: Company) -> None:
    """The people of all reports that are accepted are public."""
    with on(days_after(company.today, -1)):
        publish_edition(company.session, company.fund, company.act(Role.FUND_MANAGER))
    _release_summaries(company)
    thank_donors(company, company.fund)


def _release_summaries(company: Company) -> None:
    """The public reads what organisations say of their projects, but for the last two."""
    with on(days_after(company.today, -1)):
        officer = company.act(Role.PROGRAMME_OFFICER)
        written = [
            award
            for award, _idea in company.grants
            if is_named(award) and report_with_summary(company.session, award)
        ]
        for award in written[:-2]:
            report = report_with_summary(company.session, award)
            assert report is not None
            release_summary(company.session, award, officer, publishable_results(report).keys())


def draw_sample(company: Company) -> None:
    """The auditor has drawn eight payments of this year and the last."""
    with on(days_after(company.today, -1)):
        auditor, day = company.act(Role.AUDITOR), clock.today()
        first = date(day.year - 1, 1, 1)
        audit_samples.draw_sample(company.session, company.fund, first, day, 8, auditor)


def _pay_last(company: Company) -> None:
    """One of the certified instalments was paid yesterday; the grantee has not confirmed it."""
    certified = select(Instalment).where(Instalment.state == InstalmentState.CERTIFIED)
    last = company.session.scalars(certified.order_by(Instalment.id.desc())).first()
    assert last is not None
    with on(company.today):
        disbursements.approve(company.session, last, company.act(Role.APPROVING_OFFICER))
        paid = company.today
        reference = f"OUT{paid:%y%m%d}{last.id:04}"
        disbursements.release(
            company.session, last, paid, reference, company.act(Role.FINANCE_OFFICER)
        )


def _report_early(company: Company, grants: Sequence[tuple[Award, Proposal]]) -> None:
    """One report was corrected, and its finances are accepted; another was sent back to be
    completed.
    """
    day = days_after(company.today, -6)
    due = [
        (report, idea)
        for award, idea in grants
        for report in reports_of(company.session, award.id)
        if report.state is ReportState.DUE and report.covers_to <= day
    ]
    assert len(due) > 1, "two grants have a report to write"
    for place, (report, idea) in enumerate(due[:2]):
        with on(day):
            content = _content(company, report, idea)
            reporting.submit(company.session, report, content, _grantee(company, report.award))
        why = {"story": "More people were reached than planned. Please say who referred them."}
        with on(days_after(company.today, -2 if place else -5)):
            officer = company.act(Role.PROGRAMME_OFFICER)
            reporting.send_back(company.session, report, why, officer)
        if not place:
            _correct_report(company, report, content)


def _correct_report(company: Company, report: Report, content: Content) -> None:
    """The grantee says more, and submits it again; its finances are good."""
    with on(days_after(company.today, -3)):
        more = f"{content.narrative}\n\nMost were referred by the border police and by a hospital."
        told = replace(content, narrative=more)
        reporting.submit(company.session, report, told, _grantee(company, report.award))
    with on(days_after(company.today, -1)):
        _accept_part(company, report, ReportPart.FINANCES)


def _change_accounts(company: Company, awards: Sequence[Award]) -> None:
    """Five grantees have moved to another bank, each as far as another."""
    houses = {award.organisation_id: award for award in awards}
    session = company.session
    ways = ("requested", "checked", "approved", "refused", "withdrawn")
    for far, award in zip(ways, houses.values(), strict=False):
        moved = _ask_for_another(company, award)
        if far == "withdrawn":
            with on(days_after(company.today, -7)):
                why = "The bank could not open the account."
                payees.withdraw(session, moved, company.act_of(_people(company, award)[0], why))
        elif far != "requested":
            _look_into(company, moved, far)


def _ask_for_another(company: Company, award: Award) -> BankDetails:
    number = IBAN.generate("FR", "30004", f"{award.organisation_id:011}", branch_code="00001")
    account = payees.Account(
        award.organisation.name, str(number), "Bank of the Delta", currency="EUR"
    )
    with on(days_after(company.today, -9)):
        asking = _grantee(company, award)
        upload = Upload("Letter of the bank.pdf", page_saying("An account was opened."))
        letter = keep(company.session, upload, asking, organisation_id=award.organisation_id)
        whose = award.fund, award.organisation
        return payees.request_details(company.session, *whose, account, letter, asking)


def _look_into(company: Company, moved: BankDetails, far: str) -> None:
    session = company.session
    if far == "refused":
        with on(days_after(company.today, -8)):
            why = "The director knows nothing of it. The grantee has been warned."
            payees.refuse(session, moved, company.act(Role.FINANCE_OFFICER, why))
        return
    with on(days_after(company.today, -8)):
        (known, *_later) = known_numbers(session, moved)
        call = payees.Call(clock.today(), known.number, "The director", "Every line agreed.")
        payees.record_call(session, moved, call, company.act(Role.PROGRAMME_OFFICER))
    if far == "approved":
        with on(days_after(company.today, -6)):
            why = "The organisation has an office in France; its statutes and the bank say so."
            payees.approve(session, moved, company.act(Role.APPROVING_OFFICER, why))


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
    award = instalment.award
    examine_grantee(company, award.fund, award.organisation, days_after(day, -1))
    with on(day):
        disbursements.certify(company.session, instalment, company.act(Role.CERTIFYING_OFFICER))
    with on(days_after(day, 1)):
        disbursements.approve(company.session, instalment, company.act(Role.APPROVING_OFFICER))
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
        confirm_receipt(
            company.session,
            instalment,
            _grantee(company, instalment.award),
            arrived_on=days_after(paid, 2),
        )


def _people(company: Company, award: Award) -> Sequence[Person]:
    return people_of_organisation(
        company.session, award.organisation_id, Permission.INSTALMENT_CONFIRM
    )


def _grantee(company: Company, award: Award) -> Act:
    return company.act_of(_people(company, award)[0])


def _report(company: Company, report: Report, proposal: Proposal) -> bool:
    """Written, sent and accepted; false while its day has not come."""
    if report.state.value == "accepted":
        return True
    sent, accepted = days_after(report.due_on, -5), days_after(report.due_on, 8)
    if sent >= company.today:
        return False
    with on(sent):
        content = _content(company, report, proposal)
        if proposal.number == GRANTEE or proposal.number % 3 == 0:
            _add_receipts(company, report)
        reporting.submit(company.session, report, content, _grantee(company, report.award))
    if accepted >= company.today:
        return False
    with on(accepted):
        _accept_part(company, report, ReportPart.NARRATIVE)
        _accept_part(company, report, ReportPart.FINANCES)
    return True


def _accept_part(company: Company, report: Report, part: ReportPart) -> None:
    """The programme officer accepts the narrative, the finance officer the finances."""
    narrative = part is ReportPart.NARRATIVE
    role = Role.PROGRAMME_OFFICER if narrative else Role.FINANCE_OFFICER
    reporting.accept(company.session, report, part, company.act(role))


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
    answers = {**ANSWERS, SECTION: {f"q_{QUESTION}": [proposal.says("done", "for the public")]}}
    return Content(
        proposal.says("done", f"report {report.number}"),
        proposal.says("hard", f"report {report.number}"),
        beneficiaries,
        {proposal.forms[0].value: people},
        {service.value: people for service in proposal.services},
        spent,
        proposal.says("spent", f"report {report.number}"),
        {
            str(number): _told_of(report)
            for number, _result in enumerate(promise_of(report.award).results, 1)
        },
        _by_line(company, report, spent),
        circumstances=proposal.circumstances(people),
        answers={
            section.key: answers[section.key]
            for section in call_form_of(report).sections
            if section.key in answers
        },
    )


def _by_line(company: Company, report: Report, spent: Mapping[str, Money]) -> dict[str, Money]:
    """The same money by the organisation's own budget lines."""
    lines: dict[str, Money] = {}
    for category, amount in spent.items():
        own_lines = [
            line
            for line in spending_lines(company.session, report.award)
            if line.category == category and not line.is_category
        ]
        if own_lines:
            shares = amount.allocate([line.budget.minor for line in own_lines])
            lines |= {line.key: share for line, share in zip(own_lines, shares, strict=True)}
    return lines


def _add_receipts(company: Company, report: Report) -> None:
    """What shows that the money was spent."""
    upload = Upload("Receipts.pdf", page_saying("Receipts of rent, food and transport."))
    grantee = _grantee(company, report.award)
    add_file(company.session, report, FileKind.RECEIPT, upload, grantee)


def _told_of(report: Report) -> dict[str, str]:
    """What a report tells of a planned result."""
    if report.kind is ReportKind.FINAL:
        return {"now": "The remaining half.", "so_far": "All that was planned."}
    why = "The training began a month later than planned, after the elections."
    return {"now": "About half of what was planned.", "so_far": "About half.", "why": why}
