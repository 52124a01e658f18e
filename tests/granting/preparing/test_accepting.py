"""A grantee accepts its award, or asks for another start, which the fund grants or keeps."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from grants.applying.applications.requested_period import RequestedPeriod
from grants.applying.calls.models import Call
from grants.core.audit.act import Act
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.granting.agreements.period import change_period
from grants.granting.agreements.to_sign import send_agreement
from grants.granting.preparing import accepting
from grants.granting.preparing.queries import (
    reply_of,
    starts_to_answer,
    starts_with_fund,
    to_accept,
)
from grants.platform.messages.models import Message
from tests.factories import a_closed_call, a_submitted_application, act_of
from tests.granting.agreements.test_pages import grant_url, text_of
from tests.granting.signing.quick import quick_papers  # noqa: F401 - a fixture
from tests.granting.signing.scenes import counted
from tests.grants import Scene
from tests.platform.web.client import SignInAs

WHY = "The lease of the house begins in two months."


def by(scene: Scene, role: str, reason: str | None = None) -> Act:
    return act_of(scene.session, getattr(scene.people, role), reason)


def later(scene: Scene) -> date:
    return clock.today() + timedelta(60)


def ask(scene: Scene, day: date | None = None, why: str | None = WHY) -> None:
    accepting.ask_start(scene.session, scene.award, day or later(scene), by(scene, "grantee", why))


def with_call(scene: Scene) -> Call:
    call = a_closed_call(scene.session, scene.fund)
    scene.award.application = a_submitted_application(scene.session, call, scene.organisation)
    return call


def last_mail(scene: Scene) -> Message:
    mail = scene.session.scalars(select(Message).order_by(Message.id.desc())).first()
    assert mail is not None
    return mail


def test_who_binds_the_organisation_accepts_once_and_its_to_do_ends(scene: Scene) -> None:
    assert counted(scene, scene.people.grantee, to_accept) == (1,)
    with pytest.raises(Forbidden):
        accepting.accept_award(scene.session, scene.award, by(scene, "manager"))
    reply = accepting.accept_award(scene.session, scene.award, by(scene, "grantee"))
    assert reply.accepted_at
    assert counted(scene, scene.people.grantee, to_accept) == (0,)
    with pytest.raises(Conflict, match="accepted this award already"):
        accepting.accept_award(scene.session, scene.award, by(scene, "grantee"))


@pytest.mark.usefixtures("quick_papers")
def test_another_start_is_decided_before_the_agreement_goes_out(scene: Scene) -> None:
    session, award, people = scene.session, scene.award, scene.people
    ask(scene)
    assert last_mail(scene).person_id == people.approver.id
    assert WHY in last_mail(scene).text
    assert counted(scene, people.grantee, to_accept, starts_with_fund) == (0, 1)
    assert counted(scene, people.approver, starts_to_answer) == (1,)
    with pytest.raises(Conflict, match="asks for another start"):
        send_agreement(session, award, "en", by(scene, "manager"))
    days = later(scene), accepting.moved_end(award, later(scene))
    change_period(session, award, *days, by(scene, "approver", "As asked for."))
    assert counted(scene, people.approver, starts_to_answer) == (0,)
    assert counted(scene, people.grantee, to_accept, starts_with_fund) == (1, 0)
    send_agreement(session, award, "en", by(scene, "manager"))
    assert counted(scene, people.grantee, to_accept) == (0,)
    with pytest.raises(Conflict, match="sent for signature"):
        accepting.accept_award(session, award, by(scene, "grantee"))


def test_the_fund_keeps_the_start_for_a_reason_that_the_grantee_reads(scene: Scene) -> None:
    session, award, people = scene.session, scene.award, scene.people
    before = award.starts_on, award.ends_on
    with pytest.raises(Conflict, match="does not ask"):
        accepting.keep_start(session, award, by(scene, "approver", "Too late."))
    ask(scene)
    with pytest.raises(Forbidden):
        accepting.keep_start(session, award, by(scene, "officer", "Too late."))
    with pytest.raises(DomainError, match="reason"):
        accepting.keep_start(session, award, by(scene, "approver"))
    accepting.keep_start(session, award, by(scene, "approver", "The money ends in May."))
    assert last_mail(scene).person_id == people.grantee.id
    assert "The money ends in May." in last_mail(scene).text
    assert (award.starts_on, award.ends_on) == before
    assert counted(scene, people.grantee, to_accept, starts_with_fund) == (1, 0)


def test_what_was_accepted_is_accepted_again_when_the_period_changes(scene: Scene) -> None:
    accepting.accept_award(scene.session, scene.award, by(scene, "grantee"))
    days = later(scene), accepting.moved_end(scene.award, later(scene))
    change_period(scene.session, scene.award, *days, by(scene, "approver", "The fund waits."))
    assert counted(scene, scene.people.grantee, to_accept) == (1,)


def test_accepting_takes_a_request_for_another_start_back(scene: Scene) -> None:
    ask(scene)
    accepting.accept_award(scene.session, scene.award, by(scene, "grantee"))
    reply = reply_of(scene.session, scene.award.id)
    assert reply is not None
    assert reply.accepted_at
    assert not reply.to_answer


def test_a_start_that_the_call_does_not_allow_is_refused_at_once(scene: Scene) -> None:
    call = with_call(scene)
    for day, why, fault in (
        (scene.award.starts_on, WHY, "has now"),
        (clock.today() - timedelta(1), WHY, "past"),
        (call.latest_start_on + timedelta(1), WHY, "or earlier"),
        (later(scene), " ", "Say why"),
    ):
        with pytest.raises(DomainError, match=fault):
            ask(scene, day, why)
    assert reply_of(scene.session, scene.award.id) is None


def test_the_last_day_moves_by_as_many_months_or_days(scene: Scene) -> None:
    award = scene.award
    award.starts_on, award.ends_on = date(2027, 2, 1), date(2028, 1, 31)
    assert accepting.moved_end(award, date(2027, 3, 1)) == date(2028, 2, 29)
    award.ends_on = date(2028, 1, 20)
    assert accepting.moved_end(award, date(2027, 2, 11)) == date(2028, 1, 30)


def test_the_page_says_why_the_award_starts_on_its_day(scene: Scene) -> None:
    award = scene.award
    call = with_call(scene)
    for asked, words in (
        (None, "names no start"),
        (award.starts_on, "asks for"),
        (award.approved_on - timedelta(1), "had passed"),
        (call.latest_start_on + timedelta(1), "or earlier"),
    ):
        assert words in accepting.why_this_start(award, RequestedPeriod(asked, 12))


def test_the_grantee_accepts_or_asks_on_pages_and_the_fund_decides(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    grantee, approver = (
        sign_in_as(person) for person in (scene.people.grantee, scene.people.approver)
    )
    page = grant_url(scene, "/acceptance")
    assert "Please accept it" in text_of(grantee.get("/start"))
    assert "Accept the award" in text_of(grantee.get(grant_url(scene)))
    words = text_of(grantee.get(page))
    assert "Congratulations" in words
    assert f"{scene.fund.title} has awarded {scene.organisation.name} a grant of" in words
    start = later(scene)
    asked = {
        "starts_on-day": str(start.day),
        "starts_on-month": str(start.month),
        "starts_on-year": str(start.year),
        "reason": WHY,
    }
    assert grantee.submit(f"{page}/start", asked).status_code == 302
    assert "The fund decides" in text_of(grantee.get(page))
    assert WHY in text_of(approver.get(page))
    assert WHY in text_of(approver.get(grant_url(scene, "/period")))
    assert "Another start of a grant to decide on" in text_of(approver.get("/start"))
    assert approver.submit(f"{page}/keep", {"reason": "It cannot wait."}).status_code == 302
    assert "It cannot wait." in text_of(grantee.get(page))
    assert grantee.submit(page, {}).status_code == 302
    assert "has accepted the award" in text_of(grantee.get(page))
    assert approver.get(f"{page}/start").status_code == 403
    assert grantee.get(f"{page}/keep").status_code == 403
    awards = text_of(approver.get("/awards?state=approved"))
    assert "Accepted by the organisation" in awards
