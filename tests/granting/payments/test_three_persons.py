"""Three persons pay; what a bank refuses or returns is owed again, and the books say so."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.books.ledger.queries import balances
from grants.books.ledger.verify import breaches
from grants.core.database.db import Database
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, FundError
from grants.core.kernel.money import usd
from grants.core.people.duties import KEPT_APART
from grants.core.people.models import Person
from grants.core.people.permissions import Permission, Role
from grants.core.people.queries import viewer_of
from grants.core.people.service import appoint
from grants.granting.bank_details.queries import in_force
from grants.granting.payments.models import Instalment, ReturnedPayment
from grants.granting.payments.queries import instalments_of, refused_payments
from grants.granting.payments.receipts import confirm_receipt
from grants.granting.payments.returns import Arrival, Corrector, fail, take_back
from grants.granting.payments.service import (
    approve,
    certify,
    hold,
    let_go,
    release,
    send,
    send_back,
)
from grants.granting.payments.todo import accounts_to_correct, coming, waiting
from grants.granting.payments.workflow import InstalmentState
from grants.platform.messages.models import Message
from tests.books.ledger.books import settle
from tests.factories import act_of, an_organisation, staff
from tests.grants import (
    GrantPeople,
    Scene,
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


@pytest.fixture
def payable(scene: Scene) -> Scene:
    scene.run()
    approved(scene.session, scene.instalments[0], scene.people)
    return scene


def first_of(scene: Scene) -> Instalment:
    return scene.instalments[0]


def pay(scene: Scene, reference: str = "TT-1", days: int = 0) -> None:
    day = clock.today() - timedelta(days)
    finance = act_of(scene.session, scene.people.finance)
    release(scene.session, first_of(scene), day, reference, finance)


def returned(
    scene: Scene, who: Corrector = Corrector.FUND, reference: str = "RET-1", days: int = 0
) -> ReturnedPayment:
    day = clock.today() - timedelta(days)
    act = act_of(scene.session, scene.people.finance, "AC04: the account is closed.")
    return take_back(scene.session, first_of(scene), Arrival(day, reference), who, act)


def another_account(scene: Scene) -> None:
    """The grantee is paid elsewhere from now on."""
    account = account_of(scene.organisation)
    other = replace(account, number=f"{account.number}99")
    paid_to(scene.session, scene.fund, scene.organisation, scene.people, other)


def told(session: Session, template_word: str) -> set[str]:
    messages = session.scalars(select(Message).where(Message.text.contains(template_word)))
    return {message.recipient for message in messages}


def test_nothing_is_paid_before_a_third_person_approves(scene: Scene) -> None:
    session, people = scene.run().session, scene.people
    first = first_of(scene)
    certify(session, first, act_of(session, people.certifier))
    with pytest.raises(Conflict):
        pay(scene)
    with pytest.raises(Conflict):
        send(session, first, act_of(session, people.finance))
    approve(session, first, act_of(session, people.approver))
    pay(scene)
    assert first.state is S.PAID


@pytest.mark.parametrize("who", ["certifier", "approver"])
def test_of_three_persons_none_takes_two_parts_whatever_their_roles(scene: Scene, who: str) -> None:
    session, people, first = scene.run().session, scene.people, scene.instalments[0]
    person: Person = getattr(people, who)
    for role in (Role.CERTIFYING_OFFICER, Role.APPROVING_OFFICER, Role.FINANCE_OFFICER):
        appoint(session, person, role)
    certify(session, first, act_of(session, people.certifier))
    if who == "certifier":
        with pytest.raises(Forbidden, match="A different person"):
            approve(session, first, act_of(session, person))
    approve(session, first, act_of(session, people.approver))
    own = act_of(session, person)
    attempts: list[Callable[[], object]] = [
        lambda: send(session, first, own),
        lambda: release(session, first, clock.today(), "TT-1", own),
    ]
    for attempt in attempts:
        with pytest.raises(Forbidden, match="A different person"):
            attempt()


def test_the_three_parts_are_kept_apart_by_role_too() -> None:
    pairs = {frozenset(pair[:2]) for pair in KEPT_APART}
    certify_, approve_, pay_ = (
        Permission.INSTALMENT_CERTIFY,
        Permission.INSTALMENT_APPROVE,
        Permission.INSTALMENT_RELEASE,
    )
    for pair in ((certify_, approve_), (approve_, pay_), (certify_, pay_)):
        assert frozenset(pair) in pairs


def test_a_gate_that_opens_after_certification_stops_approval_and_sending(payable: Scene) -> None:
    session, people, first = payable.session, payable.people, payable.instalments[0]
    another_account(payable)
    attempts: list[Callable[[], object]] = [
        lambda: send(session, first, act_of(session, people.finance)),
        lambda: pay(payable),
    ]
    for attempt in attempts:
        with pytest.raises(DomainError, match="Changed since it was certified"):
            attempt()
    send_back(session, first, act_of(session, people.finance, "Another account."))
    approved(session, first, people)
    pay(payable)


def test_what_was_sent_is_recorded_whatever_has_changed_since(payable: Scene) -> None:
    session, people, first = payable.session, payable.people, payable.instalments[0]
    send(session, first, act_of(session, people.finance))
    another_account(payable)
    pay(payable)
    assert first.state is S.PAID


def test_a_return_gives_the_cash_back_and_commits_the_money_again(payable: Scene) -> None:
    session = payable.session
    before = balances(session, payable.fund)
    pay(payable, days=1)
    payment = returned(payable)
    settle(session)
    assert balances(session, payable.fund) == before
    first = first_of(payable)
    assert (first.state, first.paid_on, first.bank_reference) == (S.RETURNED, None, None)
    assert (payment.bank_reference, payment.return_reference) == ("TT-1", "RET-1")
    assert payment.paid_on == payment.returned_on - timedelta(1)
    assert breaches(session) == []


def test_a_returned_instalment_is_paid_again_under_another_reference(payable: Scene) -> None:
    session, people = payable.session, payable.people
    pay(payable)
    returned(payable)
    approved(session, first_of(payable), people)
    with pytest.raises(Conflict, match="already recorded on this grant"):
        pay(payable, "TT-1")
    pay(payable, "TT-2")
    settle(session)
    assert balances(session, payable.fund).grant_expense == usd(800_000)
    told_paid = session.scalars(select(Message.text).where(Message.text.contains("TT-2"))).all()
    assert len(told_paid) == 1
    assert breaches(session) == []


def test_a_return_is_recorded_once_and_not_before_the_payment(payable: Scene) -> None:
    pay(payable, days=1)
    for days, word in ((2, "cannot have been returned earlier"), (-1, "in the future")):
        with pytest.raises(DomainError, match=word):
            returned(payable, days=days)
    assert returned(payable) is returned(payable)
    with pytest.raises(Conflict):
        returned(payable, reference="RET-2")
    assert balances(payable.session, payable.fund).grant_expense == usd(0)


def test_what_a_grantee_has_confirmed_is_not_returned_but_refunded(payable: Scene) -> None:
    pay(payable)
    grantee = act_of(payable.session, payable.people.grantee)
    confirm_receipt(payable.session, first_of(payable), grantee)
    with pytest.raises(Conflict):
        returned(payable)


def test_a_refused_account_is_not_paid_again_before_the_grantee_corrects_it(payable: Scene) -> None:
    session, people, first = payable.session, payable.people, payable.instalments[0]
    send(session, first, act_of(session, people.finance))
    insider = staff(session, Role.FINANCE_OFFICER, "Insider")
    appoint(session, insider, Role.ORGANISATION_EDITOR, organisation=payable.organisation)
    with pytest.raises(Forbidden, match="act for this organisation"):
        fail(session, first, Corrector.FUND, act_of(session, insider, "Not yet."))
    fail(session, first, Corrector.GRANTEE, act_of(session, people.finance, "AC01: no account."))
    grantee = viewer_of(session, people.grantee.id)
    assert grantee is not None
    assert session.scalar(accounts_to_correct(grantee)) == 1
    assert refused_payments(session, [first.award_id]) == {first.award_id: 1}
    assert people.grantee.email in told(session, "correct bank details")
    assert {people.finance.email, people.certifier.email} <= told(session, "still owed")
    with pytest.raises(DomainError, match="The bank refused this account"):
        certify(session, first, act_of(session, people.certifier))
    another_account(payable)
    assert session.scalar(accounts_to_correct(grantee)) == 0
    assert refused_payments(session, [first.award_id]) == {}
    approved(session, first, people)
    pay(payable)
    assert balances(session, payable.fund).grant_expense == usd(800_000)


def test_an_error_of_the_fund_is_none_of_the_grantees_concern(payable: Scene) -> None:
    session, people, first = payable.session, payable.people, payable.instalments[0]
    send(session, first, act_of(session, people.finance))
    fail(session, first, Corrector.FUND, act_of(session, people.finance, "The order had no BIC."))
    assert people.grantee.email not in told(session, "The order had no BIC")
    approved(session, first, people)
    assert in_force(session, payable.fund.id, payable.organisation.id) is not None


def test_a_held_instalment_is_not_paid_until_the_hold_ends_and_all_is_done_anew(
    payable: Scene,
) -> None:
    session, people, first = payable.session, payable.people, payable.instalments[0]
    with pytest.raises(DomainError, match="reason"):
        hold(session, first, act_of(session, people.approver))
    hold(session, first, act_of(session, people.approver, "The police asks."))
    assert waiting(session, act_of(session, people.certifier).actor)["hold"] == 1
    attempts: list[Callable[[], object]] = [
        lambda: pay(payable),
        lambda: certify(session, first, act_of(session, people.certifier)),
    ]
    for attempt in attempts:
        with pytest.raises(Conflict):
            attempt()
    let_go(session, first, act_of(session, people.certifier))
    with pytest.raises(Conflict):
        pay(payable)
    approved(session, first, people)
    pay(payable)


@pytest.mark.parametrize("role", [Role.FUND_MANAGER, Role.PROGRAMME_OFFICER, Role.AUDITOR])
def test_who_does_not_work_on_payments_neither_stops_nor_approves_them(
    payable: Scene, role: Role
) -> None:
    session, first = payable.session, payable.instalments[0]
    act = act_of(session, staff(session, role, "Any Body"), "A reason.")
    attempts: list[Callable[[], object]] = [
        lambda: hold(session, first, act),
        lambda: send_back(session, first, act),
        lambda: send(session, first, act),
    ]
    for attempt in attempts:
        with pytest.raises(Forbidden):
            attempt()


def test_officers_see_what_comes_to_them_next(scene: Scene) -> None:
    session = scene.run().session
    scene.instalments[0].due_on = clock.today() + timedelta(20)
    for person, number in ((scene.people.certifier, 1), (scene.people.finance, 0)):
        assert session.scalar(coming(act_of(session, person).actor)) == number


def test_the_database_keeps_what_was_paid_unless_its_return_is_recorded(payable: Scene) -> None:
    pay(payable)
    settle(payable.session)
    change = (
        "UPDATE instalment SET state = 'returned', paid_on = NULL, bank_reference = NULL"
        " WHERE id = :id"
    )
    with pytest.raises(DBAPIError, match="never changed"):
        payable.session.execute(text(change), {"id": first_of(payable).id})


def test_a_person_approves_and_finance_records_a_return_by_their_pages(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    scene.run()
    session, people, first = scene.session, scene.people, scene.instalments[0]
    certify(session, first, act_of(session, people.certifier))
    session.commit()
    here = f"/grants/{scene.award.reference}/instalments/1"
    approver = sign_in_as(people.approver)
    assert "Approve the payment" in approver.get(here).text
    assert approver.submit(f"{here}/approve", {"version": "2"}, page=here).status_code == 302
    session.expire_all()
    pay(scene)
    session.commit()
    finance = sign_in_as(people.finance)
    day = clock.today()
    answers = {
        "returned_on-day": str(day.day),
        "returned_on-month": str(day.month),
        "returned_on-year": str(day.year),
        "bank_reference": "RET-1",
        "reason": "AC04",
        "corrector": "fund",
        "version": str(first.version),
    }
    assert finance.submit(f"{here}/returned", answers, page=f"{here}/returned").status_code == 302
    assert "was returned by the bank" in finance.get(here).text


def test_finance_records_by_its_page_that_the_bank_refused_a_payment(
    payable: Scene, sign_in_as: SignInAs
) -> None:
    send(payable.session, first_of(payable), act_of(payable.session, payable.people.finance))
    payable.session.commit()
    here = f"/grants/{payable.award.reference}/instalments/1"
    finance = sign_in_as(payable.people.finance)
    assert f"{here}/refused" in finance.get(here).text
    answers = {"reason": "AC04", "corrector": "fund", "version": str(first_of(payable).version)}
    assert finance.submit(f"{here}/refused", answers).status_code == 302
    payable.session.expire_all()
    assert first_of(payable).state is S.FAILED


class Stage:
    """A certified instalment on a real database, and two officers who may approve it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as session:
            fund = fund_by_code(session, "UNVTF")
            cash(session, fund)
            organisation = an_organisation(session)
            self.people: GrantPeople = grant_people(session, organisation)
            self.others = [
                staff(session, Role.APPROVING_OFFICER, f"Officer {number}") for number in range(6)
            ]
            award = an_approved_award(session, fund, organisation, self.people.approver)
            a_running_grant(session, award, self.people.manager)
            paid_to(session, fund, organisation, self.people)
            self.award_id = award.id
            first = instalments_of(session, award.id)[0]
            certify(session, first, act_of(session, self.people.certifier))

    def approve(self, person: Person) -> str:
        try:
            with self.database.transaction() as session:
                first = instalments_of(session, self.award_id)[0]
                approve(session, first, act_of(session, person))
        except FundError as refusal:
            return type(refusal).__name__
        return "approved"


def test_of_many_officers_who_approve_at_once_one_does(real_database: Database) -> None:
    stage = Stage(real_database)
    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(stage.approve, stage.others))
    assert sorted(outcomes) == ["Conflict"] * 5 + ["approved"]
