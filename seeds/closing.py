"""Grants at their end: refunds asked for, certificates of audit, closing with a write-off."""

from datetime import timedelta

from sqlalchemy import select

from grants.books.ledger.bank_accounts import account_for
from grants.books.settings.service import propose_change, put_in_force
from grants.books.settings.workflow import Setting
from grants.core.audit.act import Act
from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.people.permissions import Permission, Role
from grants.core.people.queries import people_of_organisation
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AwardState
from grants.granting.closure import certificates, forcing
from grants.granting.closure.queries import ending_of
from grants.granting.closure.service import Asset, state_closing
from grants.granting.payments.models import Instalment
from grants.granting.payments.refunds import Credited, record_by_hand
from grants.granting.payments.workflow import NOT_CERTIFIED
from grants.granting.recovery import service as recovery
from grants.granting.recovery.models import RefundRequest
from grants.granting.recovery.replies import ask, report_transfer
from grants.granting.recovery.workflow import RefundCause
from grants.granting.set_offs import service as set_offs
from grants.granting.set_offs.queries import certain, next_instalment
from grants.granting.set_offs.service import Deduction, propose
from grants.platform.documents.service import keep
from grants.platform.file_checks.checks import Upload
from seeds.company import Company, days_after, on
from seeds.scans import page_saying

LESSONS = (
    "Survivors stayed longer when they could see a lawyer in the first week. We would hire one "
    "from the beginning. Transport cost more than planned in the rainy season."
)


def state(company: Company, award: Award) -> None:
    """The organisation says what was bought, and what it has learnt."""
    assets = [Asset("Two computers", usd(140_000), "They stay with the shelter.")]
    state_closing(company.session, award, assets, LESSONS, _grantee(company, award))


def plant_endings(company: Company) -> None:
    """Three finished grants stay open for different reasons; certificates of three others."""
    _ask_for_audits(company)
    proposed, written_off, refunded = company.ending[:3]
    _proposed(company, proposed)
    _written_off(company, written_off)
    _refunded(company, refunded)
    _set_off(company)


def _set_off(company: Company) -> None:
    """Of a grant that goes on, a refund is deducted from the next instalment: one proposal was
    declined, one taken back, one agreed, and the last is to be decided.
    """
    session = company.session
    running = select(Award).where(
        Award.state == AwardState.AGREED,
        Award.fund_id == company.fund.id,
        Award.suspended_on.is_(None),
        Award.id.not_in([award.id for award in company.ending]),
    )
    for award in session.scalars(running.order_by(Award.id)):
        part = next_instalment(session, award.id)
        owed = certain(session, award.id).minor >= 24_000
        if part is None or part.state not in NOT_CERTIFIED or not owed:
            continue
        request = _request(company, award, 24_000, days_ago=6, days=30)
        _deduct_in_parts(company, request, part)
        with on(days_after(company.today, -1)):
            grantee = _grantee(company, award)
            why = "The rent of May and of June has the same amount. Which of the two is meant?"
            ask(session, request, Act(grantee.actor, why, grantee.at))
        return


def _deduct_in_parts(company: Company, request: RefundRequest, part: Instalment) -> None:
    session = company.session
    certifier = company.act(Role.CERTIFYING_OFFICER, "The organisation agrees to it.")
    why = "The organisation needs the whole payment this month."
    approver = company.act(Role.APPROVING_OFFICER, why)
    with on(days_after(company.today, -4)):
        refused = propose(session, _part_of(request, part, 9_000), certifier)
        set_offs.decline(session, refused, approver)
        mistaken = propose(session, _part_of(request, part, 8_000), certifier)
        set_offs.withdraw(session, mistaken, certifier)
    with on(days_after(company.today, -3)):
        agreed = propose(session, _part_of(request, part, 6_000), certifier)
        set_offs.agree(session, agreed, approver)
    with on(days_after(company.today, -2)):
        propose(session, _part_of(request, part, 10_000), certifier)


def _part_of(request: RefundRequest, part: Instalment, cents: int) -> Deduction:
    return Deduction(request, part, usd(cents))


def _ask_for_audits(company: Company) -> None:
    """The fund asks for certificates from an amount on that its three largest grants reach: one was
    submitted, one accepted, one returned.
    """
    session = company.session
    running = select(Award).where(
        Award.state == AwardState.AGREED,
        Award.fund_id == company.fund.id,
        Award.id.not_in([award.id for award in company.ending]),
    )
    largest = session.scalars(running.order_by(Award.amount_minor.desc(), Award.id).limit(3)).all()
    with on(days_after(company.today, -14)):
        why = "The Board asks for an audit of the largest grants."
        finance = company.act(Role.FINANCE_OFFICER, why)
        least = usd(largest[-1].amount_minor)
        change = propose_change(session, company.fund, Setting.AUDIT_FROM, least, finance)
        put_in_force(session, change, company.act(Role.APPROVING_OFFICER))
    for far, award in zip(("submitted", "accepted", "returned"), largest, strict=True):
        with on(days_after(company.today, -11)):
            act = _grantee(company, award)
            upload = Upload("Certificate of audit.pdf", page_saying("We have audited the grant."))
            paper = keep(session, upload, act, organisation_id=award.organisation_id)
            certificate = certificates.submit_certificate(session, award, paper, act)
        with on(days_after(company.today, -7)):
            if far == "accepted":
                certificates.accept(session, certificate, company.act(Role.PROGRAMME_OFFICER))
            elif far == "returned":
                why = "The auditor has not signed the second page."
                officer = company.act(Role.PROGRAMME_OFFICER, why)
                certificates.send_back(session, certificate, officer)


def _proposed(company: Company, award: Award) -> None:
    """A refund of ineligible cost is late; the write-off is proposed."""
    _request(company, award, 85_000, days_ago=58, days=30)
    with on(days_after(company.today, -1)):
        why = "The organisation was dissolved in autumn; its bank account is closed."
        forcing.propose(company.session, award, company.act(Role.PROGRAMME_OFFICER, why))


def _written_off(company: Company, award: Award) -> None:
    """Proposed twice: declined first, then approved, and closed."""
    _request(company, award, 42_050, days_ago=70, days=20)
    session = company.session
    with on(days_after(company.today, -30)):
        first = company.act(Role.PROGRAMME_OFFICER, "Two reminders were not answered.")
        closing = forcing.propose(session, award, first)
        wait = company.act(Role.APPROVING_OFFICER, "Write to the director first.")
        forcing.decline(session, closing, wait)
    with on(days_after(company.today, -4)):
        why = "The director has left the country. A claim would cost more than it brings."
        closing = forcing.propose(session, award, company.act(Role.PROGRAMME_OFFICER, why))
    with on(days_after(company.today, -2)):
        forcing.approve(session, closing, company.act(Role.APPROVING_OFFICER))


def _refunded(company: Company, award: Award) -> None:
    """One request was taken back, one was paid; the organisation has still to state its assets."""
    session = company.session
    request = _request(company, award, 12_000, days_ago=40, days=30)
    with on(days_after(company.today, -38)):
        officer = company.act(Role.PROGRAMME_OFFICER, "The organisation does not answer.")
        closing = forcing.propose(session, award, officer)
        hope = company.act(Role.PROGRAMME_OFFICER, "It has written: it hopes to pay.")
        forcing.withdraw(session, closing, hope)
    with on(days_after(company.today, -36)):
        why = "The receipts have been found."
        recovery.withdraw(session, request, company.act(Role.PROGRAMME_OFFICER, why))
    request = _request(company, award, 31_025, days_ago=35, days=60)
    with on(days_after(company.today, -3)):
        act = _grantee(company, award)
        upload = Upload("Transfer.pdf", page_saying(f"Transfer {request.reference}"))
        paper = keep(session, upload, act, organisation_id=award.organisation_id)
        report_transfer(session, request, days_after(company.today, -4), act, advice=paper)
    with on(company.today):
        finance = company.act(Role.FINANCE_OFFICER)
        advice = Upload("Advice of credit.pdf", page_saying(f"Credit {request.reference}"))
        account = account_for(session, award.fund, "USD", clock.today())
        credited = Credited(account, keep(session, advice, finance))
        came = (request.amount, clock.today(), "IN-RF-2231")
        record_by_hand(session, award, *came, finance, credited=credited)
    assert not ending_of(session, award).open_requests


def _request(
    company: Company, award: Award, cents: int, *, days_ago: int, days: int
) -> RefundRequest:
    with on(days_after(company.today, -days_ago)):
        why = "The rent of the office was charged twice."
        officer = company.act(Role.PROGRAMME_OFFICER, why)
        due_on = clock.today() + timedelta(days)
        cause = RefundCause.INELIGIBLE
        return recovery.request_refund(company.session, award, cause, usd(cents), due_on, officer)


def _grantee(company: Company, award: Award) -> Act:
    people = people_of_organisation(company.session, award.organisation_id, Permission.REPORT_WRITE)
    return company.act_of(people[0])
