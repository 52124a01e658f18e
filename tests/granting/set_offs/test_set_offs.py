"""A refund that is deducted from a later payment: who agrees, what is paid, and what is booked."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.banking.bank.workflow import LineState
from grants.banking.lines import paying
from grants.banking.matching.grantees import instalments_for
from grants.books.ledger.bank_accounts import bank_balance
from grants.books.ledger.cash import source_and_use
from grants.books.ledger.queries import balances
from grants.books.ledger.verify import breaches
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, FundError
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.granting.closure.service import to_close
from grants.granting.findings.recovery import claim
from grants.granting.findings.workflow import FindingState
from grants.granting.payment_runs.files import FileKind
from grants.granting.payment_runs.service import begin_run, content_of_file, send_file
from grants.granting.payments.models import Instalment
from grants.granting.payments.queries import refunded
from grants.granting.payments.refunds import record_refund
from grants.granting.payments.returns import Arrival, Corrector, fail, take_back
from grants.granting.payments.service import certify, release, send
from grants.granting.recovery.models import RefundRequest
from grants.granting.recovery.queries import late
from grants.granting.recovery.service import withdraw as withdraw_request
from grants.granting.recovery.workflow import RequestState
from grants.granting.set_offs.models import SetOff
from grants.granting.set_offs.queries import to_approve, unfinished_on
from grants.granting.set_offs.service import Deduction, agree, decline, propose, withdraw
from grants.granting.set_offs.workflow import SetOffState
from grants.papers.statements.builders.grants.grant import grant_statement
from grants.platform.messages.models import Message
from grants.publishing.facts.grants import grants_of
from tests.banking.bank.arranging import numbered
from tests.banking.bank.test_grants import line_of as dollars_line
from tests.books.ledger.books import settle
from tests.factories import act_of, staff
from tests.granting.findings.register import a_finding
from tests.granting.payments.abroad import euro_account, publish
from tests.granting.set_offs.two_grants import WHY, TwoGrants, eur, two_grants
from tests.grants import approved
from tests.platform.web.client import SignInAs

S = SetOffState


@pytest.fixture
def two(session: Session, fund: Fund) -> TwoGrants:
    return two_grants(session, fund)


def letters(session: Session, words: str) -> list[str]:
    return list(session.scalars(select(Message.text).where(Message.text.contains(words))))


def pay_first(two: TwoGrants, reference: str = "TT-9") -> None:
    finance = act_of(two.session, two.paying.people.finance)
    release(two.session, two.first, clock.today(), reference, finance)


def returned(two: TwoGrants, reference: str = "RET-9") -> None:
    act = act_of(two.session, two.paying.people.finance, "AC04")
    take_back(two.session, two.first, Arrival(clock.today(), reference), Corrector.FUND, act)


def all_is_well(two: TwoGrants) -> None:
    settle(two.session)
    today = clock.today()
    assert breaches(two.session) == []
    source_and_use(two.session, two.owing.fund, today - timedelta(900), today)


def test_two_people_agree_and_the_grantee_gets_a_letter(two: TwoGrants) -> None:
    """Of a refund of 1,500 USD, 1,000 are deducted from an instalment of 8,000: 7,000 leave the
    bank, the instalment is paid in full, and 500 of the refund stay outstanding.
    """
    session, request = two.session, two.ask()
    set_off = two.proposed(request, 100_000)
    assert (set_off.state, two.first.net) == (S.PROPOSED, usd(800_000))
    approver = viewer_of(session, two.owing.people.approver.id)
    assert approver is not None
    assert session.scalar(to_approve(approver)) == 1
    assert len(letters(session, "Please approve or decline it here")) == 1
    agree(session, set_off, act_of(session, two.owing.people.approver))
    assert (two.first.set_off, two.first.net) == (usd(100_000), usd(700_000))
    (letter,) = letters(session, "it counts as paid in full")
    for words in ("1,000.00", request.reference, "instalment 1", "7,000.00", "500.00"):
        assert words in letter


def test_the_payment_books_it_to_the_cent(two: TwoGrants) -> None:
    session, request = two.session, two.ask()
    set_off = two.agreed(request, 100_000)
    before = balances(session, two.owing.fund)
    approved(session, two.first, two.paying.people)
    pay_first(two)
    settle(session)
    now = balances(session, two.owing.fund)
    rate = two.owing.award.psc_percent
    support = usd(800_000).share(rate) - usd(100_000).share(rate)
    assert before.cash - now.cash == usd(700_000) + support
    assert now.grant_expense - before.grant_expense == usd(700_000)
    assert before.commitments - now.commitments == usd(800_000) + usd(800_000).share(rate)
    assert (set_off.state, request.state) == (S.DEDUCTED, RequestState.SENT)
    assert (request.outstanding, request.set_off) == (usd(50_000), usd(0))
    assert refunded(session, two.owing.award.id) == usd(100_000)
    all_is_well(two)


def test_statements_and_the_public_page_show_the_whole_payment_and_the_refund(
    two: TwoGrants,
) -> None:
    session = two.session
    two.agreed(two.ask(), 100_000)
    approved(session, two.first, two.paying.people)
    pay_first(two)
    settle(session)
    owing, paid = grants_of(session, [two.owing.award, two.paying.award])
    assert (owing.paid, owing.returned) == (usd(800_000), usd(100_000))
    assert (paid.paid, paid.returned) == (usd(800_000), usd(0))
    facts = grant_statement(session, two.paying.award.reference, None).facts
    assert (facts.paid, facts.instalments[0].set_off) == (usd(800_000), usd(100_000))
    facts = grant_statement(session, two.owing.award.reference, None).facts
    assert (facts.refunded, facts.balance) == (usd(100_000), usd(700_000))
    assert "From this amount we deducted" in letters(session, "From this amount we deducted")[0]


def test_the_banks_debit_is_the_net_amount(two: TwoGrants) -> None:
    session, fund = two.session, two.owing.fund
    set_off = two.agreed(two.ask(), 100_000)
    account = numbered(session, fund)
    account.beneficiary, account.bic = "United Nations", "BKAUATWW"
    approved(session, two.first, two.paying.people)
    finance = act_of(session, two.paying.people.finance)
    run = begin_run(session, fund, account, clock.today(), [two.first], finance)
    file = send_file(session, run, FileKind.PAIN, finance)
    assert run.total == usd(700_000)
    assert b'<InstdAmt Ccy="USD">7000.00</InstdAmt>' in content_of_file(file)
    line = dollars_line(two.paying, "-7002.50", end_to_end=run.parts[0].end_to_end)
    (best, *_others) = instalments_for(session, line)
    assert (best.instalment.id, best.fee) == (two.first.id, usd(250))
    paying.pay(session, line, two.first, finance)
    assert (line.state, set_off.state) == (LineState.MATCHED, S.DEDUCTED)
    assert b'<InstdAmt Ccy="USD">7000.00</InstdAmt>' in content_of_file(file)
    all_is_well(two)


def test_what_is_left_is_sent_in_the_currency_of_the_account(session: Session, fund: Fund) -> None:
    publish(session)
    two = two_grants(session, fund, "EUR")
    set_off = two.agreed(two.ask(), 100_000)
    own = euro_account(session, fund)
    own.number, own.bic, own.beneficiary = "AT611904300234573201", "BKAUATWW", "United Nations"
    approved(session, two.first, two.paying.people)
    finance = act_of(session, two.paying.people.finance)
    before = bank_balance(session, own).own
    release(session, two.first, clock.today(), "TT-9", finance, paid_from=own)
    assert before - bank_balance(session, own).own == eur("6650")
    assert set_off.state is S.DEDUCTED
    all_is_well(two)
    act = act_of(session, two.paying.people.finance, "AC04")
    take_back(session, two.first, Arrival(clock.today(), "R-1", own), Corrector.FUND, act)
    assert bank_balance(session, own).own == before
    assert set_off.state.value == "agreed"
    all_is_well(two)


def test_a_returned_payment_opens_the_set_off_again(two: TwoGrants) -> None:
    session, request = two.session, two.ask(100_000)
    set_off = two.agreed(request, 100_000)
    before = balances(session, two.owing.fund)
    approved(session, two.first, two.paying.people)
    pay_first(two)
    assert request.state is RequestState.SETTLED
    returned(two)
    assert (set_off.state, request.state) == (S.AGREED, RequestState.SENT)
    assert (request.outstanding, request.not_set_off) == (usd(100_000), usd(0))
    assert refunded(session, two.owing.award.id) == usd(0)
    all_is_well(two)
    now = balances(session, two.owing.fund)
    assert (now.cash, now.commitments) == (before.cash, before.commitments)
    approved(session, two.first, two.paying.people)
    pay_first(two, "TT-10")
    assert (set_off.state, request.state) == (S.DEDUCTED, RequestState.SETTLED)
    all_is_well(two)


def test_a_refused_payment_leaves_the_set_off_as_it_was_agreed(two: TwoGrants) -> None:
    session, finance = two.session, act_of(two.session, two.paying.people.finance, "AC04")
    set_off = two.agreed(two.ask(), 100_000)
    approved(session, two.first, two.paying.people)
    send(session, two.first, finance)
    certifier = act_of(session, two.paying.people.certifier, "Paid by transfer.")
    with pytest.raises(Conflict, match="with the bank"):
        withdraw(session, set_off, certifier)
    fail(session, two.first, Corrector.FUND, finance)
    assert (set_off.state, two.first.net) == (S.AGREED, usd(700_000))
    withdraw(session, set_off, certifier)
    assert (set_off.state, two.first.net) == (S.WITHDRAWN, usd(800_000))
    assert len(letters(session, "We will not deduct")) == 1
    all_is_well(two)


def test_a_finding_is_closed_with_the_payment_and_open_again_without_it(two: TwoGrants) -> None:
    session, people = two.session, two.owing.people
    finding = a_finding(two.owing, ineligible=usd(100_000))
    due = clock.today() + timedelta(30)
    officer = act_of(session, people.officer)
    request = claim(session, finding, usd(100_000), due, "Not eligible.", officer)
    two.agreed(request, 100_000)
    approved(session, two.first, two.paying.people)
    pay_first(two)
    assert (finding.state, finding.refund_id is None) == (FindingState.CLOSED, False)
    returned(two)
    assert (finding.state, finding.refund_id) == (FindingState.TO_RECOVER, None)
    all_is_well(two)


def test_the_same_grant_may_owe_and_be_paid(two: TwoGrants) -> None:
    """The instalment after the confirmed one is lessened; it waits for its report to be certified,
    so it is only agreed here.
    """
    request, second = two.ask(), two.owing.instalments[1]
    set_off = two.agreed(request, 150_000, second)
    assert (set_off.award_id, second.net) == (two.owing.award.id, second.amount - usd(150_000))
    assert [row.id for row in unfinished_on(two.session, two.owing.award.id)] == [set_off.id]
    assert any("set-off" in why for why in to_close(two.session, two.owing.award))
    all_is_well(two)


def test_nobody_agrees_alone_or_without_the_permission(two: TwoGrants) -> None:
    session, people, request = two.session, two.owing.people, two.ask()
    deduction = Deduction(request, two.first, usd(100))
    for person in (people.finance, people.officer, people.grantee, people.approver):
        with pytest.raises(Forbidden):
            propose(session, deduction, act_of(session, person, WHY))
    with pytest.raises(DomainError, match="reason"):
        propose(session, deduction, act_of(session, people.certifier))
    set_off = two.proposed(request, 100)
    with pytest.raises(Conflict, match="awaiting approval"):
        two.proposed(request, 100)
    for person in (people.finance, people.certifier, people.grantee):
        with pytest.raises(Forbidden):
            agree(session, set_off, act_of(session, person))
    decline(session, set_off, act_of(session, people.approver, "It will be transferred."))
    assert set_off.state is S.DECLINED
    all_is_well(two)


def test_no_more_is_deducted_than_is_owed_and_paid(two: TwoGrants) -> None:
    session, request = two.session, two.ask(150_000)
    for cents in (0, 150_001):
        with pytest.raises(DomainError, match="Enter an amount above 0, up to"):
            two.proposed(request, cents)
    deduction = Deduction(request, two.first, eur("10"))
    with pytest.raises(DomainError, match="in USD"):
        propose(session, deduction, act_of(session, two.owing.people.certifier, WHY))
    with pytest.raises(DomainError, match="next instalment to be paid"):
        two.proposed(request, 100, two.paying.instalments[1])
    large = two.ask(650_000)
    two.agreed(request, 150_000)
    with pytest.raises(DomainError, match="Enter less than"):
        two.agreed(large, 650_000)
    certify(session, two.first, act_of(session, two.paying.people.certifier, "Now."))
    with pytest.raises(Conflict, match="certified"):
        two.proposed(large, 100)


def test_another_organisation_is_not_concerned(two: TwoGrants, fund: Fund) -> None:
    session = two.session
    other = two_grants(session, fund, "USD")
    with pytest.raises(DomainError, match="same organisation"):
        two.proposed(two.ask(), 100, other.first)


def test_what_is_set_off_is_neither_transferred_nor_withdrawn(two: TwoGrants) -> None:
    session, people, request = two.session, two.owing.people, two.ask(150_000)
    two.agreed(request, 100_000)
    finance = act_of(session, people.finance)
    with pytest.raises(Conflict, match="Withdraw the set-off"):
        withdraw_request(session, request, act_of(session, people.officer, "Found."))
    record_refund(session, two.owing.award, usd(60_000), clock.today(), "RF-1", finance)
    assert (request.state, request.not_set_off) == (RequestState.SENT, usd(0))
    with pytest.raises(DomainError, match="before you record this refund"):
        record_refund(session, two.owing.award, usd(640_001), clock.today(), "RF-2", finance)
    approved(session, two.first, two.paying.people)
    pay_first(two)
    assert request.state is RequestState.SETTLED
    all_is_well(two)


def test_the_grantee_is_asked_only_for_what_is_not_deducted(
    two: TwoGrants, sign_in_as: SignInAs
) -> None:
    session, request = two.session, two.ask(150_000)
    two.agreed(request, 100_000)
    session.commit()
    browser = sign_in_as(two.owing.people.grantee)
    page = browser.get("/grants").get_data(as_text=True)
    assert "USD\xa0500.00 to refund" in page
    assert "USD\xa01,500.00" not in page
    assert late_afterwards(session) == 1
    two.agreed(request, 50_000)
    session.commit()
    assert "to refund" not in browser.get("/grants").get_data(as_text=True)
    assert "Refund to make" not in browser.get("/start").get_data(as_text=True)
    address = f"/grants/{two.owing.award.reference}/refund-requests/{request.number}"
    assert "Nothing is to be transferred." in browser.get(address).get_data(as_text=True)
    assert late_afterwards(session) == 0, "nothing is late that is to be deducted"


def late_afterwards(session: Session) -> int:
    """How many requests are late after their day."""
    with clock.at(clock.now() + timedelta(40)):
        return len(session.scalars(select(RefundRequest).where(*late())).all())


def test_a_certifier_sets_off_and_an_approver_agrees_by_buttons(
    two: TwoGrants, sign_in_as: SignInAs
) -> None:
    request, session = two.ask(), two.session
    session.commit()
    of_refund = f"/grants/{two.owing.award.reference}/refund-requests/1"
    of_payment = f"/grants/{two.paying.award.reference}/instalments/1"
    certifier = sign_in_as(two.owing.people.certifier)
    for page in (of_refund, of_payment):
        assert f"{of_refund}/set-off" in certifier.get(page).text
    answers = {"instalment": str(two.first.id), "amount": "1000", "reason": WHY}
    here = f"{of_refund}/set-off"
    assert certifier.submit(here, answers, page=here).status_code == 302
    one = f"/grants/{two.paying.award.reference}/set-offs/1"
    grantee = sign_in_as(two.owing.people.grantee)
    assert grantee.get(one).status_code == 404
    approver = sign_in_as(two.owing.people.approver)
    assert "Set-off of a refund to approve" in approver.get("/start").text
    assert "/S1" in approver.get("/grants/set-offs").text
    assert f"{one}/approve" in approver.get(one).text
    assert approver.submit(f"{one}/approve", {}, page=f"{one}/approve").status_code == 302
    assert "7,000.00" in grantee.get(one).text
    assert "To be deducted from the payment" in grantee.get(of_refund).text
    assert "Deducted as a refund" in grantee.get(of_payment).text
    assert (
        certifier.submit(
            f"{one}/withdraw", {"reason": "Transferred."}, page=f"{one}/withdraw"
        ).status_code
        == 302
    )
    session.expire_all()
    assert (request.set_off, two.first.set_off) == (usd(0), usd(0))
    stranger = sign_in_as(staff(session, Role.PROGRAMME_OFFICER))
    assert stranger.submit(here, answers, page=of_refund).status_code in {403, 404}


class Stage:
    """Two refunds that are proposed to be set off against one payment, on a real database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as session:
            two = two_grants(session, fund_by_code(session, "UNVTF"))
            self.officers = [
                staff(session, Role.APPROVING_OFFICER, f"Officer {number}") for number in range(6)
            ]
            self.ids = [two.proposed(two.ask(cents), cents).id for cents in (350_000, 450_000)]
            self.part_id = two.first.id

    def agree(self, turn: int) -> str:
        try:
            with self.database.transaction() as session:
                set_off = session.get_one(SetOff, self.ids[turn % 2])
                agree(session, set_off, act_of(session, self.officers[turn]))
        except FundError as refusal:
            return type(refusal).__name__
        return "agreed"


def test_of_officers_who_agree_at_once_nothing_is_deducted_twice(real_database: Database) -> None:
    """Each set-off fits, both are the whole instalment: one is agreed once, five are refused."""
    stage = Stage(real_database)
    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(stage.agree, range(6)))
    assert outcomes.count("agreed") == 1
    with real_database.session() as session:
        part = session.get_one(Instalment, stage.part_id)
        bound = select(SetOff.amount_minor).where(SetOff.state == S.AGREED)
        assert [part.set_off_minor] == session.scalars(bound).all()
        assert breaches(session) == []
