"""What a grantee says of a payment, and how finance answers it: nothing is booked by either."""

from datetime import timedelta

import pytest

from grants.books.ledger.queries import balances
from grants.core.audit.act import Act
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import Money, usd
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.granting.payments.models import Instalment
from grants.granting.payments.receipts import answer_receipt, confirm_receipt, report_missing
from grants.granting.payments.returns import Arrival, Corrector, take_back
from grants.granting.payments.service import release
from grants.granting.payments.todo import receipts_to_check, receipts_with_fund, to_confirm
from grants.granting.payments.workflow import InstalmentState
from grants.platform.messages.models import Message
from tests.factories import act_of, an_organisation, member
from tests.grants import Scene, approved, grant_people
from tests.platform.web.client import SignInAs


def by(scene: Scene, role: str, reason: str | None = None) -> Act:
    return act_of(scene.session, getattr(scene.people, role), reason)


@pytest.fixture
def paid(running: Scene) -> Instalment:
    first = running.instalments[0]
    approved(running.session, first, running.people)
    release(running.session, first, clock.today(), "TT-1", by(running, "finance"))
    return first


def counted(scene: Scene, role: str, query: object) -> int:
    viewer = viewer_of(scene.session, getattr(scene.people, role).id)
    assert viewer is not None
    return scene.session.scalar(query(viewer)) or 0  # type: ignore[operator]


def told(scene: Scene, name: str) -> list[str]:
    query = scene.session.query(Message.recipient).where(Message.event.contains(f":{name}:"))
    return sorted(address for (address,) in query)


def test_the_full_amount_is_confirmed_with_its_day(running: Scene, paid: Instalment) -> None:
    for day in (clock.today() + timedelta(1), clock.today() - timedelta(1)):
        with pytest.raises(DomainError):
            confirm_receipt(running.session, paid, by(running, "grantee"), arrived_on=day)
    confirm_receipt(running.session, paid, by(running, "grantee"), arrived_on=clock.today())
    assert (paid.state, paid.arrived_on) == (InstalmentState.CONFIRMED, clock.today())
    assert not paid.receipt_to_check
    assert told(running, "receipt_to_check") == []


def test_less_is_confirmed_and_finance_answers_while_the_books_stay(
    running: Scene, paid: Instalment
) -> None:
    before = balances(running.session, running.fund)
    act, today = by(running, "grantee", "The bank kept 25."), clock.today()
    for wrong in (usd(0), paid.sent, Money.parse("5", "EUR")):
        with pytest.raises(DomainError):
            confirm_receipt(running.session, paid, act, arrived_on=today, arrived=wrong)
    less = paid.sent - usd(2500)
    confirm_receipt(running.session, paid, act, arrived_on=today, arrived=less)
    assert (paid.state, paid.arrived_less) == (InstalmentState.CONFIRMED, less)
    assert balances(running.session, running.fund) == before
    assert told(running, "receipt_to_check") == [running.people.finance.email]
    assert counted(running, "finance", receipts_to_check) == 1
    assert counted(running, "grantee", receipts_with_fund) == 1
    for role in ("grantee", "certifier", "manager"):
        with pytest.raises(Forbidden):
            answer_receipt(running.session, paid, by(running, role, "Fine."))
    with pytest.raises(DomainError):
        answer_receipt(running.session, paid, by(running, "finance"))
    answer_receipt(running.session, paid, by(running, "finance", "Charges are yours."))
    assert running.people.grantee.email in told(running, "receipt_answered")
    assert counted(running, "finance", receipts_to_check) == 0
    with pytest.raises(Conflict):
        answer_receipt(running.session, paid, by(running, "finance", "Again."))
    assert balances(running.session, running.fund) == before


def test_a_missing_payment_stays_unconfirmed_until_it_is_found_or_comes_back(
    running: Scene, paid: Instalment
) -> None:
    with pytest.raises(Forbidden):
        report_missing(running.session, paid, by(running, "finance"))
    stranger = grant_people(running.session, an_organisation(running.session, "Casa Dos")).grantee
    with pytest.raises(Forbidden):
        report_missing(running.session, paid, act_of(running.session, stranger))
    report_missing(running.session, paid, by(running, "grantee", "Nothing came."))
    with pytest.raises(Conflict):
        report_missing(running.session, paid, by(running, "grantee"))
    assert paid.state is InstalmentState.PAID
    assert counted(running, "grantee", to_confirm) == 0
    answer_receipt(running.session, paid, by(running, "finance", "Credited this morning."))
    assert counted(running, "grantee", to_confirm) == 1
    report_missing(running.session, paid, by(running, "grantee"))
    arrival = Arrival(clock.today(), "RET-1")
    take_back(running.session, paid, arrival, Corrector.FUND, by(running, "finance", "Unknown."))
    assert (paid.not_arrived_at, paid.receipt_to_check) == (None, False)
    assert counted(running, "finance", receipts_to_check) == 0


def test_a_missing_payment_that_came_after_all_is_confirmed(
    running: Scene, paid: Instalment
) -> None:
    report_missing(running.session, paid, by(running, "grantee"))
    confirm_receipt(running.session, paid, by(running, "grantee"), arrived_on=clock.today())
    assert (paid.not_arrived_at, paid.receipt_to_check) == (None, False)


def test_it_is_said_and_answered_on_pages(
    running: Scene, paid: Instalment, sign_in_as: SignInAs
) -> None:
    running.session.commit()
    url = f"/grants/{running.award.reference}/instalments/1"
    grantee = sign_in_as(running.people.grantee)
    page = grantee.get(url).text
    assert "No, it has not arrived" in page
    version = str(paid.version)
    incomplete = grantee.submit(f"{url}/confirm", {"version": version, "answer": "less"}, page=url)
    assert "Enter the amount that was credited." in incomplete.text
    words = {"version": version, "answer": "missing", "note": "Nothing came."}
    assert grantee.submit(f"{url}/confirm", words, page=url).status_code == 302
    assert "With the fund: payment that did not arrive in full" in grantee.get("/start").text
    finance = sign_in_as(running.people.finance)
    assert "Nothing came." in finance.get(url).text
    assert "not received in full" in finance.get("/start").text
    answer = f"{url}/receipt-answer"
    done = finance.submit(answer, {"reason": "It was credited today."}, page=answer)
    assert done.status_code == 302
    assert "It was credited today." in sign_in_as(running.people.grantee).get(url).text
    assert sign_in_as(running.people.certifier).get(answer).status_code == 403


def test_only_who_may_confirm_is_asked_and_a_colleague_reads_who_that_is(
    running: Scene, sign_in_as: SignInAs
) -> None:
    session, first = running.session, running.instalments[0]
    editor = member(session, running.organisation, Role.ORGANISATION_EDITOR, name="Joseph")
    signatory = member(session, running.organisation, Role.ORGANISATION_SIGNATORY, name="Ana")
    approved(session, first, running.people)
    release(session, first, clock.today(), "TT-1", by(running, "finance"))
    session.commit()
    assert told(running, "paid") == sorted([running.people.grantee.email, signatory.email])
    page, who = (
        f"/grants/{running.award.reference}/instalments/1",
        "A signatory or an administrator",
    )
    asked, reads = sign_in_as(signatory).get(page).text, sign_in_as(editor).get(page).text
    form = "Have you received the payment?"
    assert (form in asked, who in asked) == (True, False)
    assert (form in reads, who in reads) == (False, True)
    assert who not in sign_in_as(running.people.finance).get(page).text
    report_missing(session, first, act_of(session, signatory))
    session.commit()
    assert who not in sign_in_as(editor).get(page).text
