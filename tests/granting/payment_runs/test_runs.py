"""Payment runs: put together of approved payments, sent as one file, paid together."""

import csv
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import etree
from sqlalchemy.orm import Session

from grants.books.ledger.bank_accounts import (
    AccountDetails,
    account_by_code,
    describe_account,
)
from grants.books.ledger.queries import balances
from grants.books.ledger.verify import breaches
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, FundError
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.granting.payment_runs.files import USUAL, FileKind, end_to_end_of
from grants.granting.payment_runs.models import PaymentRun
from grants.granting.payment_runs.pain_faults import NAMESPACE, payment_file_faults
from grants.granting.payment_runs.queries import to_send
from grants.granting.payment_runs.service import (
    begin_run,
    cancel,
    content_of_file,
    make_again,
    record_paid,
    rows_of_file,
    send_file,
    set_columns,
    take_out,
)
from grants.granting.payment_runs.workflow import RunState
from grants.granting.payments.models import Instalment
from grants.granting.payments.queries import instalments_of
from grants.granting.payments.returns import Corrector, fail
from grants.granting.payments.service import certify, hold
from grants.granting.payments.workflow import InstalmentState
from tests.books.ledger.books import an_account, settle
from tests.factories import act_of, an_organisation, staff
from tests.grants import (
    GrantPeople,
    a_running_grant,
    account_of,
    an_approved_award,
    approved,
    cash,
    grant_people,
    paid_to,
)
from tests.platform.web.client import SignInAs

S = InstalmentState
NAMES = ("Casa Segura", "بيت الأمان", "Nova Vită")
DOLLARS = AccountDetails(
    "Main account", "Donau Bank", "AT61 1904 3002 3457 3201", "BKAUATWW", "United Nations"
)


def a_payable(session: Session, fund: Fund, name: str = NAMES[0]) -> tuple[Instalment, GrantPeople]:
    """The approved first instalment of a grant, of 8,000 USD."""
    organisation = an_organisation(session, name)
    people = grant_people(session, organisation)
    award = an_approved_award(session, fund, organisation, people.approver)
    a_running_grant(session, award, people.manager)
    account = replace(account_of(organisation), holder=name)
    paid_to(session, fund, organisation, people, account)
    first = instalments_of(session, award.id)[0]
    approved(session, first, people)
    return first, people


class Office:
    """Three payments that are approved, and a finance officer."""

    def __init__(self, session: Session, fund: Fund) -> None:
        self.session, self.fund = session, fund
        cash(session, fund)
        self.account = account_by_code(session, f"{fund.code}-USD")
        approver = staff(session, Role.APPROVING_OFFICER, "Bank Approver")
        describe_account(session, self.account, DOLLARS, act_of(session, approver))
        pairs = [a_payable(session, fund, name) for name in NAMES]
        self.instalments = [pair[0] for pair in pairs]
        self.people = pairs[0][1]
        self.finance = act_of(session, staff(session, Role.FINANCE_OFFICER, "Fin Officer"))

    def run(self, *, elsewhere: bool = False) -> PaymentRun:
        account = None if elsewhere else self.account
        day = clock.today()
        return begin_run(self.session, self.fund, account, day, self.instalments, self.finance)

    @property
    def states(self) -> set[InstalmentState]:
        return {part.state for part in self.instalments}


@pytest.fixture
def office(session: Session, fund: Fund) -> Office:
    return Office(session, fund)


def test_a_run_leaves_as_one_file_that_a_bank_takes(office: Office) -> None:
    run = office.run()
    file = send_file(office.session, run, FileKind.PAIN, office.finance)
    content = content_of_file(file)
    assert payment_file_faults(content) == []
    root = etree.fromstring(content)
    texts = [element.text for element in root.iter(f"{{{NAMESPACE}}}EndToEndId")]
    assert texts == [part.end_to_end for part in run.parts]
    assert all(len(text or "") <= 35 for text in texts)
    assert root.findtext(f".//{{{NAMESPACE}}}CtrlSum") == "24000.00"
    assert (office.states, run.state) == ({S.SENT}, RunState.SENT)
    assert content_of_file(file) == content


def test_a_reference_is_never_longer_than_banks_hand_on() -> None:
    assert len(end_to_end_of("UNVTF-" + "G" * 40, 12, 12345)) == 35
    assert end_to_end_of("UNVTF-G-2026-001", 1, 7) == "UNVTF-G-2026-001-1-R7"


def test_other_systems_get_the_columns_that_the_fund_sets(office: Office) -> None:
    columns = [{"head": "Lieferant", "fact": "payee"}, {"head": "Betrag", "fact": "amount"}]
    with pytest.raises(DomainError, match="account and amount are needed"):
        set_columns(office.session, office.fund, columns, office.finance)
    columns.append({"head": "Konto", "fact": "account"})
    set_columns(office.session, office.fund, columns, office.finance)
    run = office.run(elsewhere=True)
    send_file(office.session, run, FileKind.CSV, office.finance)
    make_again(office.session, run, FileKind.XLSX, office.finance)
    office.session.refresh(run)
    plain, book = run.files
    rows = list(csv.reader(io.StringIO(content_of_file(plain).decode("utf-8-sig"))))
    assert rows[0] == ["Lieferant", "Betrag", "Konto"]
    assert [row[0] for row in rows[1:]] == list(NAMES)
    assert rows_of_file(book)[0] == rows[0]
    assert plain.sha256 == book.sha256
    assert len(USUAL) == 16


def test_a_file_for_a_bank_needs_an_account_that_pays(office: Office) -> None:
    run = office.run(elsewhere=True)
    with pytest.raises(DomainError, match="needs an account of the fund"):
        send_file(office.session, run, FileKind.PAIN, office.finance)


def test_one_open_condition_keeps_the_whole_run_back(office: Office) -> None:
    run = office.run()
    last = office.instalments[-1]
    why = act_of(office.session, office.people.approver, "A question.")
    hold(office.session, last, why)
    nested = office.session.begin_nested()
    with pytest.raises(Conflict):
        send_file(office.session, run, FileKind.PAIN, office.finance)
    nested.rollback()
    office.session.expire_all()
    assert office.states == {S.APPROVED, S.HELD}
    take_out(office.session, run, last, office.finance)
    send_file(office.session, run, FileKind.PAIN, office.finance)
    assert office.states == {S.SENT, S.HELD}


def test_only_approved_payments_of_the_fund_come_into_one_run_at_a_time(office: Office) -> None:
    run = office.run()
    with pytest.raises(Conflict, match=f"in the run {run.reference}"):
        office.run()
    cancel(office.session, run, act_of(office.session, office.people.finance, "Tomorrow."))
    second = office.run()
    send_file(office.session, second, FileKind.CSV, office.finance)
    with pytest.raises(Conflict, match="Only approved"):
        office.run()


def test_no_past_day_and_no_account_of_others(office: Office) -> None:
    with pytest.raises(DomainError, match="or a later one"):
        begin_run(
            office.session,
            office.fund,
            office.account,
            clock.today() - timedelta(1),
            office.instalments,
            office.finance,
        )
    other = an_account(office.session, office.fund, "EUR")
    with pytest.raises(DomainError, match="is paid in USD, but UNVTF-EUR is an account in EUR"):
        begin_run(
            office.session, office.fund, other, clock.today(), office.instalments, office.finance
        )


@pytest.mark.parametrize("role", [Role.CERTIFYING_OFFICER, Role.APPROVING_OFFICER, Role.AUDITOR])
def test_only_finance_works_on_runs(office: Office, role: Role) -> None:
    run = office.run()
    act = act_of(office.session, staff(office.session, role, "Any Body"), "A reason.")
    first = office.instalments[0]
    attempts: list[Callable[[], object]] = [
        lambda: send_file(office.session, run, FileKind.CSV, act),
        lambda: cancel(office.session, run, act),
        lambda: take_out(office.session, run, first, act),
        lambda: set_columns(office.session, office.fund, list(USUAL), act),
        lambda: record_paid(office.session, run, clock.today(), "X", act),
        lambda: begin_run(office.session, office.fund, None, clock.today(), [], act),
    ]
    for attempt in attempts:
        with pytest.raises((Forbidden, Conflict)):
            attempt()
    assert run.state is RunState.OPEN


def test_all_of_a_run_is_recorded_as_paid_at_once(office: Office) -> None:
    run = office.run(elsewhere=True)
    assert office.session.scalar(to_send(office.finance.actor)) == 1
    send_file(office.session, run, FileKind.CSV, office.finance)
    assert office.session.scalar(to_send(office.finance.actor)) == 0
    fail(
        office.session,
        office.instalments[0],
        Corrector.FUND,
        act_of(office.session, office.people.finance, "No BIC."),
    )
    assert record_paid(office.session, run, clock.today(), "UMOJA-77", office.finance) == 2
    settle(office.session)
    assert balances(office.session, office.fund).grant_expense == usd(1_600_000)
    assert office.states == {S.FAILED, S.PAID}
    with pytest.raises(Conflict, match="No payment in this run"):
        record_paid(office.session, run, clock.today(), "UMOJA-78", office.finance)
    assert breaches(office.session) == []


def test_a_payment_that_failed_gets_another_reference_in_its_next_run(office: Office) -> None:
    run = office.run()
    first = office.instalments[0]
    send_file(office.session, run, FileKind.PAIN, office.finance)
    fail(office.session, first, Corrector.FUND, act_of(office.session, office.people.finance, "X"))
    approved(office.session, first, office.people)
    again = begin_run(
        office.session, office.fund, office.account, clock.today(), [first], office.finance
    )
    assert again.parts[0].end_to_end not in {part.end_to_end for part in run.parts}


def test_a_run_by_its_pages(office: Office, sign_in_as: SignInAs) -> None:
    office.session.commit()
    finance = sign_in_as(office.people.finance)
    rows = "&".join(f"row={part.id}" for part in office.instalments)
    here = f"/payment-runs/begin?{rows}"
    page = finance.get(here).text
    assert "24,000.00" in page
    tickets = [chunk.split('"')[0] for chunk in page.split('name="row" value="')[1:]] or [
        chunk.split('"')[0] for chunk in page.split('value="')[1:] if "." in chunk.split('"')[0]
    ]
    day = clock.today()
    answers = {
        "row": tickets,
        "account": f"{office.fund.code}-USD",
        "pays_on-day": str(day.day),
        "pays_on-month": str(day.month),
        "pays_on-year": str(day.year),
    }
    assert finance.submit(here, answers).status_code == 302
    office.session.expire_all()
    assert "UNVTF-R-0001" in finance.get("/payment-runs").text
    run = "/payment-runs/UNVTF-R-0001"
    assert "Make the payment file" in finance.get(run).text
    version = {"version": "1", "kind": "pain"}
    assert finance.submit(f"{run}/file", version).status_code == 302
    shown = finance.get(run).text
    assert "With the bank" in shown
    address = shown.split(f'href="{run}/files/')[1].split('"')[0]
    content = finance.get(f"{run}/files/{address}").data
    assert payment_file_faults(content) == []


class Stage:
    """One approved payment on a real database, which several put into runs at once."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as session:
            fund = fund_by_code(session, "UNVTF")
            cash(session, fund)
            first, self.people = a_payable(session, fund)
            self.award_id = first.award_id

    def begin(self, _number: int) -> str:
        try:
            with self.database.transaction() as session:
                first = instalments_of(session, self.award_id)[0]
                act = act_of(session, self.people.finance)
                begin_run(session, first.award.fund, None, clock.today(), [first], act)
        except FundError as refusal:
            return type(refusal).__name__
        return "begun"


def test_of_many_runs_at_once_one_gets_the_payment(real_database: Database) -> None:
    stage = Stage(real_database)
    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(stage.begin, range(6)))
    assert sorted(outcomes) == ["Conflict"] * 5 + ["begun"]


def test_several_are_certified_and_approved_by_ticking_them(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    office = Office(session, fund)
    organisation = an_organisation(session, "Zuflucht")
    people = grant_people(session, organisation)
    award = an_approved_award(session, fund, organisation, people.approver)
    a_running_grant(session, award, people.manager)
    paid_to(session, fund, organisation, people)
    first, second, _third = instalments_of(session, award.id)
    session.commit()
    certifier = sign_in_as(people.certifier)
    rows = f"row={first.id}&row={second.id}&row={office.instalments[0].id}"
    page = certifier.get(f"/disbursements/several/certify?{rows}").text
    assert "1 row to be done" in page
    assert "2 rows are left out" in page
    certify(session, first, act_of(session, people.certifier))
    session.commit()
    approver = sign_in_as(people.approver)
    assert "1 row to be done" in approver.get(f"/disbursements/several/approve?row={first.id}").text
