"""The pages and the commands of the fund's people."""

import json
import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.funds.service import Charter, establish
from grants.core.people.models import Membership, Person
from grants.core.people.permissions import Role
from grants.core.people.queries import person_by_email, viewer_of
from grants.core.people.service import appoint, enter_person
from grants.deciding.reviews.models import Review
from grants.platform.messages.models import Message
from grants.platform.staff.models import Appointment
from tests.factories import a_call, a_submission, a_team, assigned, staff
from tests.platform.web.client import SignInAs, StrictClient
from tests.signing_in import set_up_app


@pytest.fixture
def first(session: Session, sign_in_as: SignInAs) -> StrictClient:
    return sign_in_as(staff(session, Role.ADMINISTRATOR, "First Administrator"))


@pytest.fixture
def second(session: Session, sign_in_as: SignInAs) -> StrictClient:
    return sign_in_as(staff(session, Role.ADMINISTRATOR, "Second Administrator"))


def filled(role: str, fund: str = "UNVTF", **more: str) -> dict[str, str]:
    return {
        "email": "ada@example.org",
        "name": "Ada Lovelace",
        "language": "en",
        "role": role,
        "fund": fund,
        "reason": "Letter of appointment.",
        **more,
    }


def test_an_officer_is_proposed_by_one_administrator_and_confirmed_by_another(
    session: Session, first: StrictClient, second: StrictClient, fund: Fund
) -> None:
    answer = first.submit("/people/appoint", filled("approving_officer"), follow_redirects=True)
    assert "Awaiting confirmation" in answer.text
    number = session.scalars(select(Appointment.id)).one()
    assert "Confirm the appointment" not in answer.text
    confirm = f"/people/appointments/{number}/confirm"
    assert first.get(confirm).status_code == 403
    assert first.submit(confirm, page="/people/appoint").status_code == 403
    assert "Appointment to confirm" in second.get("/start").text
    assert "Ada Lovelace" in second.get("/people").text
    answer = second.submit(confirm, follow_redirects=True)
    assert "Held now" in answer.text
    assert second.get(confirm).status_code == 409
    person = person_by_email(session, "ada@example.org")
    assert person is not None
    viewer = viewer_of(session, person.id)
    assert viewer is not None
    assert viewer.holds(Role.APPROVING_OFFICER)


@pytest.mark.parametrize("act", ["decline", "withdraw"])
def test_the_proposer_is_told_why_an_appointment_came_to_nothing(
    session: Session, first: StrictClient, second: StrictClient, fund: Fund, act: str
) -> None:
    first.submit("/people/appoint", filled("approving_officer"))
    number = session.scalars(select(Appointment.id)).one()
    reason = {"reason": "The post is not filled this year."}
    second.submit(f"/people/appointments/{number}/{act}", reason)
    address = "first.administrator@example.org"
    told = session.scalars(select(Message).where(Message.recipient == address)).one()
    assert told.subject.startswith("Appointment ")
    assert "Second Administrator has" in told.text
    assert "The post is not filled this year." in told.text


def test_who_withdraws_an_own_proposal_gets_no_e_mail_about_it(
    session: Session, first: StrictClient, second: StrictClient, fund: Fund
) -> None:
    first.submit("/people/appoint", filled("approving_officer"))
    number = session.scalars(select(Appointment.id)).one()
    first.submit(f"/people/appointments/{number}/withdraw", {"reason": "A mistake."})
    address = "first.administrator@example.org"
    assert not session.scalars(select(Message).where(Message.recipient == address)).all()


def test_the_link_of_the_invitation_lets_a_new_person_choose_a_passphrase(
    session: Session, first: StrictClient, second: StrictClient, client: StrictClient, fund: Fund
) -> None:
    first.submit("/people/appoint", filled("auditor", fund="all"))
    number = session.scalars(select(Appointment.id)).one()
    second.submit(f"/people/appointments/{number}/confirm")
    letter = session.scalars(select(Message.text).where(Message.recipient == "ada@example.org"))
    link = re.search(r"/sign-in/passphrase/\S+", letter.one())
    assert link
    chosen = client.submit(link[0], {"passphrase": "a calm blue lake at dawn"})
    assert "Your role needs a second factor" in client.get(chosen.location).text


def test_a_clash_of_duties_is_confirmed_on_the_form(
    session: Session, first: StrictClient, second: StrictClient, fund: Fund
) -> None:
    first.submit("/people/appoint", filled("certifying_officer"))
    number = session.scalars(select(Appointment.id)).one()
    second.submit(f"/people/appointments/{number}/confirm")
    answer = first.submit("/people/appoint", filled("finance_officer"))
    assert "one person may not certify a payment and make it" in answer.text


def test_a_role_is_ended_with_a_reason_and_its_reviews_go_to_a_successor(
    session: Session, first: StrictClient, fund: Fund
) -> None:
    people = a_team(session)
    application = a_submission(session, a_call(session, fund))
    review = assigned(session, application, people)[0]
    staff(session, Role.REVIEWER, "Nia Successor")
    held = session.scalars(
        select(Membership).where(
            Membership.person_id == review.reviewer_id, Membership.role == Role.REVIEWER
        )
    ).one()
    page = first.get(f"/people/roles/{held.id}/end")
    assert "Review not submitted" in page.text
    successor = person_by_email(session, "nia.successor@example.org")
    assert successor is not None
    answer = first.submit(
        f"/people/roles/{held.id}/end",
        {"reason": "Left the panel.", "successor": str(successor.id)},
        follow_redirects=True,
    )
    assert "1 task was handed over." in answer.text
    assert "Role ended: Reviewer" in answer.text
    taken = session.scalars(select(Review).where(Review.reviewer_id == successor.id)).one()
    assert taken.application_id == application.id


def test_without_a_successor_the_open_work_is_shown(
    session: Session, first: StrictClient, fund: Fund
) -> None:
    people = a_team(session)
    review = assigned(session, a_submission(session, a_call(session, fund)), people)[0]
    held = session.scalars(
        select(Membership).where(Membership.person_id == review.reviewer_id)
    ).one()
    answer = first.submit(
        f"/people/roles/{held.id}/end", {"reason": "Left the panel."}, follow_redirects=True
    )
    assert "1 task is still open. Assign it to another person." in answer.text


def test_expertise_is_noted_and_shown(session: Session, first: StrictClient) -> None:
    person = staff(session, Role.REVIEWER, "Rita Reviewer")
    page = f"/people/{person.id}"
    answer = first.submit(
        f"{page}/expertise",
        {"languages": ["fr", "ar"], "regions": ["african"], "aid": ["legal"]},
        follow_redirects=True,
    )
    assert "Arabic, French" in answer.text
    assert "African States" in answer.text


def test_people_of_other_funds_are_not_there_for_a_fund_manager(
    session: Session, sign_in_as: SignInAs, fund: Fund
) -> None:
    other = establish(session, Charter("OTHER", {"en": "Other fund"}, {"en": "Other"}))
    manager = enter_person(session, "mara@example.org", "Mara Manager")
    appoint(session, manager, Role.FUND_MANAGER, fund_id=fund.id)
    stranger = enter_person(session, "sven@example.org", "Sven Stranger")
    held = appoint(session, stranger, Role.AUDITOR, fund_id=other.id)
    browser = sign_in_as(manager)
    assert "Sven Stranger" not in browser.get("/people").text
    assert browser.get(f"/people/{stranger.id}").status_code == 404
    assert browser.get(f"/people/roles/{held.id}/end").status_code == 404
    assert 'value="all"' not in browser.get("/people/appoint").text
    assert 'value="administrator"' not in browser.get("/people/appoint").text


def run(app: Flask, *words: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=list(words))
    return result.exit_code, result.output


def test_staff_are_appointed_listed_and_ended_on_the_command_line(
    app: Flask, session: Session, client: StrictClient, fund: Fund
) -> None:
    appoint = ["staff", "appoint", "ada@example.org", "--name", "Ada Lovelace"]
    code, link = run(app, *appoint, "--role", "fund_manager", "--fund", "UNVTF")
    assert code == 0
    assert re.fullmatch(r"http://localhost/sign-in/passphrase/\S+\n", link)
    days = ["--from", "2031-01-01", "--until", "2031-12-31"]
    code, link = run(app, *appoint, "--role", "observer", *days)
    assert code == 0
    listed = json.loads(run(app, "staff", "list", "--json")[1])
    assert listed[0] | {"from": ""} == {
        "email": "ada@example.org",
        "name": "Ada Lovelace",
        "role": "fund_manager",
        "fund": "UNVTF",
        "from": "",
        "until": None,
        "second_factor": False,
    }
    assert (listed[1]["fund"], listed[1]["from"], listed[1]["until"]) == (
        None,
        "2031-01-01",
        "2031-12-31",
    )
    client.submit(link.removeprefix("http://localhost").strip(), {"passphrase": "a calm lake dawn"})
    set_up_app(client)
    assert client.get("/people").status_code == 200
    end = ["staff", "end", "ada@example.org", "--role", "fund_manager", "--fund", "UNVTF"]
    assert run(app, *end, "--why", "A trial.")[0] == 0
    assert client.get("/people").status_code == 403
    assert run(app, *end, "--why", "A trial.")[0] == 2


def test_the_command_line_keeps_duties_apart_and_the_last_administrator(
    app: Flask, session: Session, fund: Fund
) -> None:
    run(app, "admin", "invite", "first@example.org")
    code, said = run(
        app, "staff", "end", "first@example.org", "--role", "administrator", "--why", "x"
    )
    assert (code, "another administrator" in said) == (2, True)
    code, said = run(
        app, "staff", "appoint", "first@example.org", "--name", "F", "--role", "approving_officer"
    )
    assert (code, "may not appoint people and approve awards" in said) == (2, True)
    assert session.scalars(select(Person)).one().name == "first"


def test_an_administrator_signs_a_person_out_of_every_browser(
    session: Session, first: StrictClient, sign_in_as: SignInAs
) -> None:
    officer = staff(session, Role.FINANCE_OFFICER, "Olu Officer")
    lost, address = sign_in_as(officer), f"/people/{officer.id}/sign-out"
    assert lost.get("/start").status_code == 200
    assert address in first.get(f"/people/{officer.id}").text
    assert "There is a problem" in first.submit(address, {"reason": ""}).text
    assert lost.get("/start").status_code == 200
    shown = first.submit(address, {"reason": "Laptop stolen."}, follow_redirects=True).text
    assert "Signed out of all browsers" in shown
    assert "Laptop stolen." in shown
    assert lost.get("/start").status_code == 302
    told = session.scalars(select(Message).where(Message.recipient == officer.email)).one()
    assert "Laptop stolen." in told.text
    assert sign_in_as(officer).get("/start").status_code == 200


def test_only_administrators_sign_others_out_and_nobody_themselves(
    session: Session, first: StrictClient, sign_in_as: SignInAs
) -> None:
    officer = staff(session, Role.FINANCE_OFFICER)
    manager = sign_in_as(staff(session, Role.FUND_MANAGER))
    assert manager.get(f"/people/{officer.id}/sign-out").status_code == 403
    administrator = person_by_email(session, "first.administrator@example.org")
    assert administrator
    answer = first.submit(f"/people/{administrator.id}/sign-out", {"reason": "Me."})
    assert answer.status_code == 403
