"""What a grantee says of a refund, and how the fund answers it: nothing is booked by either."""

import io
from datetime import timedelta

import pytest

from grants.core.audit.act import Act
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.core.people.service import appoint
from grants.granting.payments.refunds import record_refund
from grants.granting.recovery.models import RefundRequest
from grants.granting.recovery.queries import refundable, to_answer, to_refund, with_fund
from grants.granting.recovery.replies import answer, ask, report_transfer
from grants.granting.recovery.service import remind_late, request_refund
from grants.granting.recovery.workflow import RefundCause, RequestState
from grants.platform.messages.models import Message
from tests.factories import act_of, staff
from tests.grants import Scene, pay, scene
from tests.platform.documents.files import pdf
from tests.platform.web.client import SignInAs

__all__ = ["scene"]


def by(scene: Scene, role: str, reason: str | None = None) -> Act:
    return act_of(scene.session, getattr(scene.people, role), reason)


def counted(scene: Scene, role: str, query: object) -> int:
    viewer = viewer_of(scene.session, getattr(scene.people, role).id)
    assert viewer is not None
    return scene.session.scalar(query(viewer)) or 0  # type: ignore[operator]


def told(scene: Scene, name: str) -> list[str]:
    query = scene.session.query(Message.recipient).where(Message.event.contains(f":{name}:"))
    return sorted(address for (address,) in query)


@pytest.fixture
def asked(scene: Scene) -> RefundRequest:
    scene.run()
    pay(scene.session, scene.instalments[0], scene.people, clock.today())
    cause, due_on = RefundCause.INELIGIBLE, clock.today() + timedelta(3)
    why = by(scene, "officer", "Charged twice.")
    return request_refund(scene.session, scene.award, cause, usd(50_000), due_on, why)


def test_a_reported_transfer_waits_with_the_fund_until_the_bank_has_it(
    scene: Scene, asked: RefundRequest
) -> None:
    session, grantee, today = scene.session, by(scene, "grantee"), clock.today()
    for day in (today + timedelta(1), today - timedelta(1)):
        with pytest.raises(DomainError):
            report_transfer(session, asked, day, grantee)
    with pytest.raises(Forbidden):
        report_transfer(session, asked, today, by(scene, "finance"))
    left = refundable(session, scene.award)
    report_transfer(session, asked, today, grantee)
    assert (asked.transferred_on, asked.state) == (today, RequestState.SENT)
    assert refundable(session, scene.award) == left, "nothing is booked"
    assert scene.people.finance.email in told(scene, "transferred")
    assert [counted(scene, "grantee", query) for query in (to_refund, with_fund)] == [0, 1]
    assert [counted(scene, who, to_answer) for who in ("finance", "officer")] == [1, 1]
    with clock.at(clock.now() + timedelta(9)):
        remind_late(session, Act.by_system("reminders"))
    assert told(scene, "late") == []
    finance = by(scene, "finance")
    record_refund(session, scene.award, usd(20_000), today, "RF-1", finance)
    assert (asked.transferred_on, asked.to_answer) == (None, False), "the rest can be reported"
    report_transfer(session, asked, today, grantee)
    record_refund(session, scene.award, usd(30_000), today, "RF-2", finance)
    assert asked.state is RequestState.SETTLED
    with pytest.raises(Conflict):
        ask(session, asked, by(scene, "grantee", "Why?"))


def test_a_question_is_answered_once_by_the_fund_and_the_day_stays(
    scene: Scene, asked: RefundRequest
) -> None:
    session, due_on = scene.session, asked.due_on
    with pytest.raises(DomainError):
        ask(session, asked, by(scene, "grantee", " "))
    ask(session, asked, by(scene, "grantee", "The second invoice is another month."))
    assert scene.people.officer.email in told(scene, "question")
    assert [counted(scene, "grantee", query) for query in (to_refund, with_fund)] == [1, 1]
    insider = staff(session, Role.PROGRAMME_OFFICER, "Insider")
    appoint(session, insider, Role.ORGANISATION_EDITOR, organisation=scene.organisation)
    for person in (scene.people.grantee, insider):
        with pytest.raises(Forbidden):
            answer(session, asked, act_of(session, person, "It is not."))
    with pytest.raises(DomainError):
        answer(session, asked, by(scene, "officer"))
    answer(session, asked, by(scene, "officer", "Both are of March."))
    assert scene.people.grantee.email in told(scene, "answered")
    assert (asked.to_answer, asked.due_on) == (False, due_on)
    with pytest.raises(Conflict):
        answer(session, asked, by(scene, "officer", "Again."))


def test_money_that_is_not_there_is_owed_again(scene: Scene, asked: RefundRequest) -> None:
    session = scene.session
    report_transfer(session, asked, clock.today(), by(scene, "grantee"))
    with pytest.raises(Conflict):
        report_transfer(session, asked, clock.today(), by(scene, "grantee"))
    answer(session, asked, by(scene, "finance", "It has not come."), missing=True)
    assert (asked.transferred_on, counted(scene, "grantee", to_refund)) == (None, 1)


def test_both_sides_do_it_on_the_pages(
    scene: Scene, asked: RefundRequest, sign_in_as: SignInAs
) -> None:
    page = f"/grants/{scene.award.reference}/refund-requests/{asked.number}"
    scene.session.commit()
    grantee, officer = sign_in_as(scene.people.grantee), sign_in_as(scene.people.officer)
    assert f"{page}/transfer" in grantee.get(page).text
    assert f"{page}/transfer" not in officer.get(page).text
    assert officer.get(f"{page}/transfer").status_code == 403
    grantee.submit(f"{page}/question", {"reason": "Which invoice?"})
    assert "Which invoice?" in officer.get(f"{page}/answer").text
    officer.submit(f"{page}/answer", {"reason": "That of March."})
    assert "That of March." in grantee.get(page).text
    today = clock.today()
    day = {f"day-{part}": str(getattr(today, part)) for part in ("day", "month", "year")}
    sent = {**day, "advice": (io.BytesIO(pdf()), "advice.pdf")}
    assert "to refund" in grantee.get("/grants").text
    grantee.submit(f"{page}/transfer", sent)
    assert "to refund" not in sign_in_as(scene.people.grantee).get("/grants").text
    assert officer.get(f"{page}/advice", buffered=True).get_data() == pdf()
    assert "The organisation says that it paid on" in officer.get(page).text
    assert "You have told us that you paid on" in sign_in_as(scene.people.grantee).get(page).text
    grants = f"/grants/{scene.award.reference}"
    assert "The fund is looking for your refund" in grantee.get(grants).text
    officer.submit(f"{page}/answer", {"reason": "Not here yet.", "missing": "y"})
    assert f"{page}/transfer" in grantee.get(page).text
    assert grantee.get(f"{page}/advice").status_code == 404
