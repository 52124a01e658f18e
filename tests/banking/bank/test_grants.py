"""A debit that pays a certified instalment, a refund that comes back and a transfer of support
costs are recognised on the line, and recorded and matched in one act.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.banking.bank.models import BankLine, LineMatch
from grants.banking.bank.service import set_aside
from grants.banking.bank.support_cost import charged, transferred_by
from grants.banking.bank.undoing import undo
from grants.banking.bank.verify import CHECKS
from grants.banking.bank.workflow import LineState
from grants.banking.lines import paying
from grants.banking.matching.grantees import instalments_for, refunds_for
from grants.banking.matching.proposals import entries_for
from grants.books.ledger.queries import balances
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, FundError
from grants.core.kernel.money import Money, usd
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from grants.deciding.awards.models import Award
from grants.granting.bank_details.queries import in_force
from grants.granting.closure.queries import at_end
from grants.granting.findings.models import Source
from grants.granting.findings.recovery import claim
from grants.granting.payments.queries import instalments_of
from grants.granting.payments.refunds import record_refund
from grants.granting.payments.service import release
from grants.granting.payments.workflow import InstalmentState
from tests.banking.bank.arranging import imported_lines
from tests.banking.bank.files import BankEntry
from tests.books.ledger.books import settle
from tests.factories import act_of, an_organisation
from tests.granting.findings.register import an_answered_finding
from tests.grants import (
    Scene,
    a_running_grant,
    an_accepted_report,
    an_approved_award,
    approved,
    cash,
    grant_people,
    paid_to,
)

TODAY = clock.today


@pytest.fixture
def certified(scene: Scene) -> Scene:
    """A running grant whose first instalment, USD 8,000, is certified."""
    scene.run()
    approved(scene.session, scene.instalments[0], scene.people)
    return scene


def told(amount: str, **more: object) -> BankEntry:
    """What the bank says of a movement of today."""
    values = {"on": TODAY(), "reference": "DB0001", **more}
    return BankEntry(Money.parse(amount, "USD"), **values)  # type: ignore[arg-type]


def lines_of(scene: Scene, *entries: BankEntry) -> list[BankLine]:
    days = (TODAY() - timedelta(20), TODAY())
    return imported_lines(scene.session, scene.fund, entries, days=days)


def line_of(scene: Scene, amount: str, **more: object) -> BankLine:
    """A line of today, alone in its statement."""
    return lines_of(scene, told(amount, **more))[0]


def finance(scene: Scene, reason: str | None = None) -> Act:
    return act_of(scene.session, scene.people.finance, reason)


def sound(session: Session) -> None:
    settle(session)
    assert [fault for check in CHECKS for fault in check(session)] == []


def test_the_debit_of_a_certified_instalment_is_recognised(certified: Scene) -> None:
    reference = certified.award.reference
    line = line_of(
        certified, "-8000", text=f"{reference} instalment 1", name=certified.organisation.name
    )
    (proposal,) = instalments_for(certified.session, line)
    assert proposal.sure
    assert proposal.resembles
    assert proposal.fit.score == 100
    assert proposal.instalment.number == 1
    assert set(proposal.fit.reasons) == {
        "The line quotes the grant and this instalment.",
        "The amount is the same as the instalment.",
        "The bank names the grantee.",
    }


@pytest.mark.parametrize(
    ("amount", "more", "sure", "resembles"),
    [
        ("-8000", {"end_to_end": "{grant}-1"}, True, True),
        ("-8000", {"text": "grant {bare} no 1"}, True, True),
        ("-8000", {"name": "Casa Segura"}, False, True),
        ("-8000", {"text": "rent of the hall"}, False, False),
        ("-8000", {"text": "{grant} instalment 3"}, False, True),
        ("-8012", {"text": "{grant} instalment 1"}, False, True),
    ],
)
def test_what_the_line_says_decides_how_sure_it_is(
    certified: Scene, amount: str, more: dict[str, str], sure: bool, resembles: bool
) -> None:
    grant = certified.award.reference
    said = {
        key: text.format(grant=grant, bare=grant.replace("-", "")) for key, text in more.items()
    }
    (proposal,) = instalments_for(certified.session, line_of(certified, amount, **said))[:1]
    assert (proposal.sure, proposal.resembles) == (sure, resembles)


def test_another_account_than_the_confirmed_one_is_never_sure(certified: Scene) -> None:
    text = f"{certified.award.reference} instalment 1"
    name, iban = certified.organisation.name, "DE89370400440532013000"
    line = line_of(certified, "-8000", text=text, name=name, iban=iban)
    (proposal,) = instalments_for(certified.session, line)
    assert proposal.elsewhere
    assert not proposal.sure
    assert "The payee’s account is not the confirmed one." in proposal.fit.reasons


def test_an_instalment_is_paid_and_matched_from_the_line_in_one_act(certified: Scene) -> None:
    session, (first, *_others) = certified.session, certified.instalments
    line = line_of(certified, "-8000", on=TODAY() - timedelta(2))
    paying.pay(session, line, first, finance(certified), version=first.version)
    assert (first.state, first.paid_on, first.bank_reference) == (
        InstalmentState.PAID,
        line.value_on,
        "DB0001",
    )
    assert line.state is LineState.MATCHED
    assert [match.posting.amount for match in line.standing] == [usd(-800_000)]
    assert balances(session, certified.fund).grant_expense == usd(800_000)
    assert balances(session, certified.fund).programme_support_cost == usd(104_000)
    sound(session)


def test_undoing_the_line_lets_go_of_it_and_keeps_the_payment(certified: Scene) -> None:
    session, first = certified.session, certified.instalments[0]
    line = line_of(certified, "-8000")
    paying.pay(session, line, first, finance(certified))
    undo(session, line, finance(certified, "Matched too early."))
    assert (first.state, line.state) == (InstalmentState.PAID, LineState.UNMATCHED)
    assert balances(session, certified.fund).grant_expense == usd(800_000)
    assert any(found.sure for found in entries_for(session, line))
    sound(session)


def test_what_was_recorded_by_hand_word_for_word_is_matched_and_not_paid_twice(
    certified: Scene,
) -> None:
    session, first = certified.session, certified.instalments[0]
    release(session, first, TODAY(), "DB0001", finance(certified))
    paying.pay(session, line_of(certified, "-8000"), first, finance(certified))
    assert balances(session, certified.fund).grant_expense == usd(800_000)
    sound(session)


def test_a_payment_recorded_by_hand_otherwise_is_a_conflict_that_names_it(
    certified: Scene,
) -> None:
    session, first = certified.session, certified.instalments[0]
    release(session, first, TODAY(), "TT 1", finance(certified))
    with pytest.raises(Conflict, match="with the bank reference TT 1"):
        paying.pay(session, line_of(certified, "-8000"), first, finance(certified))


def test_all_that_release_asks_is_asked_of_a_line_too(scene: Scene) -> None:
    session, first = scene.run().session, scene.instalments[0]
    line = line_of(scene, "-8000")
    with pytest.raises(Conflict):
        paying.pay(session, line, first, finance(scene))
    approved(session, first, scene.people)
    appoint(session, scene.people.certifier, Role.FINANCE_OFFICER)
    for person in (scene.people.manager, scene.people.certifier, scene.people.grantee):
        with pytest.raises(Forbidden):
            paying.pay(session, line, first, act_of(session, person))
    with pytest.raises(Conflict, match="changed this while you had it open"):
        paying.pay(session, line, first, finance(scene), version=first.version - 1)
    assert (first.state, line.state) == (InstalmentState.APPROVED, LineState.UNMATCHED)


def test_no_instalment_is_paid_by_another_sum_or_a_line_that_is_taken(certified: Scene) -> None:
    session, first = certified.session, certified.instalments[0]
    less, taken = lines_of(certified, told("-7999.99"), told("-8000", reference="DB2"))
    with pytest.raises(DomainError, match="The instalment is USD"):
        paying.pay(session, less, first, finance(certified))
    set_aside(session, taken, finance(certified, "Not ours."))
    with pytest.raises(Conflict):
        paying.pay(session, taken, first, finance(certified))


def test_a_refund_that_quotes_its_grant_is_recorded_from_the_line(certified: Scene) -> None:
    session, award = certified.session, certified.award
    pay_first(certified)
    line = line_of(
        certified, "499.50", name=certified.organisation.name, text=f"Refund {award.reference}"
    )
    (proposal,) = refunds_for(session, line)
    assert proposal.sure
    refund = paying.take_refund(session, line, award, finance(certified))
    assert (refund.amount, refund.refunded_on, refund.bank_reference) == (
        usd(49_950),
        line.value_on,
        "DB0001",
    )
    assert [match.posting.amount for match in line.standing] == [usd(49_950)]
    assert balances(session, certified.fund).programme_support_cost == usd(104_000 - 6_494)
    sound(session)


def test_refunded_ineligible_cost_is_not_taken_off_what_is_due_back(certified: Scene) -> None:
    session, award, report = certified.session, certified.award, certified.reports[0]
    pay_first(certified)
    an_accepted_report(session, report, certified.people, "7500")
    finding = an_answered_finding(certified, source=Source.REPORT, report=report)
    by_officer = act_of(session, certified.people.officer)
    day = TODAY() + timedelta(30)
    claim(session, finding, usd(31_025), day, "No receipts exist.", by_officer)
    record_refund(session, award, usd(31_025), TODAY(), "RF-1", finance(certified))
    line = line_of(certified, "500", text=f"Refund {award.reference}")
    (proposal,) = refunds_for(session, line)
    assert (proposal.grant.due, proposal.sure) == (usd(50_000), True)
    paying.take_refund(session, line, award, finance(certified))
    assert at_end(session, award).unspent == usd(0)
    sound(session)


def pay_first(scene: Scene) -> None:
    release(scene.session, scene.instalments[0], TODAY(), "TT 1", finance(scene))


def test_a_refund_is_never_more_than_the_grantee_holds(certified: Scene) -> None:
    pay_first(certified)
    line = line_of(certified, "8000.01", text=certified.award.reference)
    assert not any(found.sure for found in refunds_for(certified.session, line))
    with pytest.raises(DomainError, match="cannot exceed the amount paid"):
        paying.take_refund(certified.session, line, certified.award, finance(certified))


def test_a_debit_is_no_refund_of_a_grantee(certified: Scene) -> None:
    pay_first(certified)
    line = line_of(certified, "-10")
    with pytest.raises(DomainError, match="must be a credit"):
        paying.take_refund(certified.session, line, certified.award, finance(certified))


def test_one_debit_transfers_all_support_costs_up_to_a_day(certified: Scene) -> None:
    session, award = certified.session, certified.award
    pay_first(certified)
    line, transfer = lines_of(
        certified,
        told("499.50", text=award.reference),
        told("-975.06", reference="PSC"),
    )
    paying.take_refund(session, line, award, finance(certified))
    assert [(day.number, day.sum) for day in charged(session, line.account)] == [
        (2, usd(-104_000 + 6_494))
    ]
    before = balances(session, certified.fund)
    whole = transferred_by(session, transfer)
    assert whole is not None
    paying.transfer_support_cost(session, transfer, whole.until, finance(certified))
    assert [match.posting.amount for match in transfer.standing] == [usd(-104_000), usd(6_494)]
    assert charged(session, line.account) == []
    assert balances(session, certified.fund) == before
    sound(session)


def test_the_confirmed_account_speaks_for_an_instalment(certified: Scene) -> None:
    details = in_force(certified.session, certified.fund.id, certified.organisation.id)
    assert details is not None
    name = certified.organisation.name
    line = line_of(certified, "-8000", name=name, iban=details.number)
    (proposal,) = instalments_for(certified.session, line)
    assert proposal.sure
    assert "The payee’s account is the confirmed one." in proposal.fit.reasons


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cents=st.integers(1, 2_000_000), sent=st.integers(1, 2_000_000))
def test_whatever_came_back_bank_and_books_agree_on_it(
    certified: Scene, cents: int, sent: int
) -> None:
    """A refund is recorded to the cent or refused; the line is what was posted, or open."""
    session = certified.session
    with session.begin_nested() as attempt:
        pay_first(certified)
        line, other = lines_of(
            certified,
            told(str(usd(cents))),
            told(str(usd(-sent)), reference="PSC"),
        )
        try:
            paying.take_refund(session, line, certified.award, finance(certified))
        except DomainError:
            assert cents > 800_000
        else:
            assert [match.posting.amount for match in line.standing] == [usd(cents)]
            (day,) = charged(session, line.account)
            assert day.sum == usd(-104_000) + usd(cents).share(certified.award.psc_percent)
            assert (transferred_by(session, other) is None) == (day.sum != other.amount)
        attempt.rollback()


class Stage:
    """A real database with a certified instalment, a paid one, and the lines of the bank."""

    def __init__(self, database: Database, *amounts: str) -> None:
        self.database = database
        with database.transaction() as session:
            fund = session.get_one(Fund, 1)
            cash(session, fund)
            organisation = an_organisation(session)
            people = grant_people(session, organisation)
            award = an_approved_award(session, fund, organisation, people.approver)
            paid_to(session, fund, organisation, people)
            a_running_grant(session, award, people.manager)
            approved(session, instalments_of(session, award.id)[0], people)
            self.scene = Scene(session, fund, organisation, people, award)
            entries = [told(each, reference=f"DB{at}") for at, each in enumerate(amounts)]
            self.lines = [line.id for line in lines_of(self.scene, *entries)]
            self.award_id, self.person = award.id, people.finance

    def pay(self, at: int) -> str:
        return self._outcome(
            at,
            lambda session, line, act: paying.pay(
                session, line, instalments_of(session, self.award_id)[0], act
            ),
        )

    def take_refund(self, at: int) -> str:
        return self._outcome(
            at,
            lambda session, line, act: paying.take_refund(
                session, line, session.get_one(Award, self.award_id), act
            ),
        )

    def release(self, reference: str) -> str:
        return self._outcome(
            0,
            lambda session, _line, act: release(
                session, instalments_of(session, self.award_id)[0], TODAY(), reference, act
            ),
        )

    def _outcome(self, at: int, deed: Callable[[Session, BankLine, Act], object]) -> str:
        try:
            with self.database.transaction() as session:
                line = session.get_one(BankLine, self.lines[at])
                deed(session, line, act_of(session, self.person))
        except FundError as refusal:
            return type(refusal).__name__
        return "done"

    def sums(self) -> tuple[int, int]:
        with self.database.session() as session:
            assert [fault for check in CHECKS for fault in check(session)] == []
            standing = balances(session, session.get_one(Fund, 1))
            matches = session.scalar(select(func.count(LineMatch.id)))
            return standing.grant_expense.minor, matches or 0


def test_twenty_presses_at_once_pay_once_and_tell_the_others(real_database: Database) -> None:
    stage = Stage(real_database, "-8000")
    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(lambda _: stage.pay(0), range(20)))
    assert sorted(outcomes) == ["Conflict"] * 19 + ["done"]
    assert stage.sums() == (800_000, 1)


def test_a_line_and_a_hand_that_pay_at_once_pay_once(real_database: Database) -> None:
    stage = Stage(real_database, "-8000", "-8000")
    deeds = [lambda: stage.pay(0), lambda: stage.pay(1), lambda: stage.release("TT 1")] * 4
    with ThreadPoolExecutor(12) as pool:
        outcomes = [each.result() for each in [pool.submit(deed) for deed in deeds]]
    assert stage.sums()[0] == 800_000
    assert set(outcomes) == {"done", "Conflict"}


def test_twenty_presses_at_once_record_one_refund(real_database: Database) -> None:
    stage = Stage(real_database, "-8000", "499.50")
    assert stage.pay(0) == "done"
    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(lambda _: stage.take_refund(1), range(20)))
    assert sorted(outcomes) == ["Conflict"] * 19 + ["done"]
    assert stage.sums() == (800_000 - 49_950, 2)
