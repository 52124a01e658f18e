"""From the line of the bank in one act: a run as one sum, a fee split off, a payment returned."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from grants.banking.bank.models import BankLine
from grants.banking.bank.undoing import undo
from grants.banking.bank.workflow import LineState
from grants.banking.lines import paying
from grants.banking.matching.grantees import instalments_for
from grants.banking.matching.sent_payments import returns_for, runs_as_one_sum
from grants.books.ledger.queries import balances
from grants.books.ledger.verify import breaches
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import Money, usd
from grants.core.people.permissions import Role
from grants.granting.payment_runs.files import FileKind
from grants.granting.payment_runs.models import PaymentRun
from grants.granting.payment_runs.service import send_file
from grants.granting.payments.returns import Corrector
from grants.granting.payments.service import release
from grants.granting.payments.workflow import InstalmentState
from tests.banking.bank.arranging import imported_lines
from tests.banking.bank.files import BankEntry
from tests.books.ledger.books import settle
from tests.factories import act_of, staff
from tests.granting.payment_runs.test_runs import Office
from tests.platform.web.client import SignInAs

S = InstalmentState


@pytest.fixture
def office(session: Session, fund: Fund) -> Office:
    return Office(session, fund)


def line_of(office: Office, amount: str, opening: str = "0", **more: object) -> BankLine:
    today = clock.today() - timedelta(0 if Money.parse(amount, "USD").minor > 0 else 1)
    values = {"on": today, "reference": "DB0001", **more}
    entry = BankEntry(Money.parse(amount, "USD"), **values)  # type: ignore[arg-type]
    days = (today, today)
    name = f"STMT {entry.reference}"
    (line,) = imported_lines(
        office.session, office.fund, [entry], opening, days=days, reference=name
    )
    return line


def sent(office: Office) -> PaymentRun:
    run = office.run()
    send_file(office.session, run, FileKind.PAIN, office.finance)
    return run


def test_a_debit_that_carries_our_reference_is_that_payment_for_sure(office: Office) -> None:
    run = sent(office)
    part = run.parts[1]
    line = line_of(office, "-8000", end_to_end=part.end_to_end)
    best = instalments_for(office.session, line)[0]
    assert (best.instalment.id, best.sure) == (part.instalment_id, True)


def test_the_banks_fee_is_split_off_and_goes_back_with_the_line(office: Office) -> None:
    run, before = sent(office), balances(office.session, office.fund)
    part = run.parts[0]
    line = line_of(office, "-8025", end_to_end=part.end_to_end)
    best = instalments_for(office.session, line)[0]
    assert (best.instalment.id, best.fee, best.sure) == (part.instalment_id, usd(2_500), True)
    paying.pay(office.session, line, part.instalment, office.finance)
    settle(office.session)
    now = balances(office.session, office.fund)
    assert now.bank_charges - before.bank_charges == usd(2_500)
    assert (part.instalment.state, line.state) == (S.PAID, LineState.MATCHED)
    assert breaches(office.session) == []
    undo(office.session, line, act_of(office.session, office.people.finance, "Too early."))
    assert balances(office.session, office.fund).bank_charges == before.bank_charges
    assert part.instalment.state is S.PAID


@pytest.mark.parametrize("amount", ["-7999.99", "-8150.01", "8000"])
def test_what_is_no_fee_pays_nothing(office: Office, amount: str) -> None:
    run = sent(office)
    line = line_of(office, amount, end_to_end=run.parts[0].end_to_end)
    with pytest.raises(DomainError, match="but the line is"):
        paying.pay(office.session, line, run.parts[0].instalment, office.finance)


def test_a_run_that_the_bank_debits_as_one_sum_is_paid_from_the_line(office: Office) -> None:
    run = sent(office)
    line = line_of(office, "-24030")
    assert list(runs_as_one_sum(office.session, line)) == [run]
    assert paying.pay_run(office.session, line, run, office.finance) == 3
    settle(office.session)
    assert office.states == {S.PAID}
    standing = balances(office.session, office.fund)
    assert (standing.grant_expense, standing.bank_charges) == (usd(2_400_000), usd(3_000))
    assert len(line.standing) == 4
    assert breaches(office.session) == []
    with pytest.raises(DomainError):
        paying.pay_run(office.session, line, run, office.finance)


def test_another_sum_is_no_run(office: Office) -> None:
    run = sent(office)
    line = line_of(office, "-16000")
    assert list(runs_as_one_sum(office.session, line)) == []
    with pytest.raises(DomainError, match="payments of this run"):
        paying.pay_run(office.session, line, run, office.finance)


def test_a_credit_that_brings_a_payment_back_is_recorded_as_its_return(office: Office) -> None:
    run, before = sent(office), balances(office.session, office.fund)
    part = run.parts[2]
    paying.pay(
        office.session,
        line_of(office, "-8000", end_to_end=part.end_to_end),
        part.instalment,
        office.finance,
    )
    text = f"Return of {part.end_to_end} account closed"
    line = line_of(office, "7988", "-8000", text=text, reference="RET-1")
    (proposal,) = returns_for(office.session, line)
    assert (proposal.instalment.id, proposal.sure) == (part.instalment_id, True)
    act = act_of(office.session, office.people.finance, "AC04")
    payment = paying.take_return(office.session, line, part.instalment, Corrector.GRANTEE, act)
    settle(office.session)
    now = balances(office.session, office.fund)
    assert (now.grant_expense, now.commitments) == (before.grant_expense, before.commitments)
    assert before.cash - now.cash == usd(1_200)
    assert (now.bank_charges - before.bank_charges, payment.return_reference) == (
        usd(1_200),
        "RET-1",
    )
    assert (part.instalment.state, line.state) == (S.RETURNED, LineState.MATCHED)
    assert breaches(office.session) == []


def test_only_finance_records_runs_and_returns_from_a_line(office: Office) -> None:
    run = sent(office)
    line = line_of(office, "-24000")
    other = act_of(office.session, staff(office.session, Role.AUDITOR, "Any Body"), "X")
    with pytest.raises(Forbidden):
        paying.pay_run(office.session, line, run, other)
    first = office.instalments[0]
    release(office.session, first, clock.today(), "TT", office.finance)
    back = line_of(office, "8000", "-24000", reference="RET-2")
    with pytest.raises((Forbidden, Conflict)):
        paying.take_return(office.session, back, first, Corrector.FUND, other)


def test_the_page_of_the_line_offers_the_run_and_records_it(
    office: Office, sign_in_as: SignInAs
) -> None:
    run = sent(office)
    line = line_of(office, "-24000")
    office.session.commit()
    finance = sign_in_as(office.people.finance)
    here = f"/bank/lines/{line.id}"
    assert f"All payments of run {run.reference}" in finance.get(here).text
    act = f"{here}/pay-run/{run.reference}"
    assert "Record this payment run" in finance.get(act).text
    assert finance.submit(act).status_code == 302
    office.session.expire_all()
    assert office.states == {S.PAID}
    part = run.parts[0]
    back = line_of(office, "8000", "-24000", text=part.end_to_end, reference="RET-3")
    office.session.commit()
    there = f"/bank/lines/{back.id}"
    assert "Check and record the return" in finance.get(there).text
    address = f"{there}/return/{part.instalment.award.reference}/1"
    answers = {"reason": "AC04", "corrector": "fund", "version": "0"}
    assert finance.submit(address, answers).status_code == 302
    office.session.expire_all()
    assert part.instalment.state is S.RETURNED


def test_a_returned_payment_is_not_taken_for_a_refund(office: Office, sign_in_as: SignInAs) -> None:
    run = sent(office)
    paying.pay_run(office.session, line_of(office, "-24000"), run, office.finance)
    part = run.parts[0]
    back = line_of(office, "8000", "-24000", text=part.end_to_end, reference="RET-4")
    office.session.commit()
    finance = sign_in_as(office.people.finance)
    pages = [finance.get(page).text for page in (f"/bank/lines/{back.id}", "/bank?state=unmatched")]
    assert ["returned" in page for page in pages] == [True, True]
    assert ["Refund by" in page or "Refund on" in page for page in pages] == [False, False]
