"""Screening several applications in one go, by what the system knows of them."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.core.audit.models import TrailRow
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from grants.deciding.screening import service, views
from grants.deciding.screening.accepting import accept_suggestions
from grants.deciding.screening.models import Check
from grants.deciding.screening.service import Answer, keep_checks
from grants.platform.messages.models import Message
from tests.factories import (
    Team,
    a_call,
    a_closed_call,
    a_submission,
    a_submitted_application,
    act_of,
    an_organisation,
    eligible,
    member,
    staff,
)
from tests.platform.web.client import SignInAs, StrictClient

CLEAR = [
    {"key": "registered_by", "label": {"en": "Registered in time"}},
    {"key": "limits", "label": {"en": "Amount within limits"}},
]


@pytest.fixture
def clear(session: Session, fund: Fund) -> list[Application]:
    """Four applications about which no criterion leaves a doubt."""
    call = a_call(session, fund, eligibility=CLEAR, registered_by=date(2023, 12, 1))
    return [
        a_submitted_application(session, call, an_organisation(session, f"House {n}"), "12000.00")
        for n in range(4)
    ]


@pytest.fixture
def doubtful(session: Session, fund: Fund) -> Application:
    """One whose third criterion only a person can judge."""
    return a_submitted_application(session, a_closed_call(session, fund))


@pytest.fixture
def officer(session: Session, team: Team, sign_in_as: SignInAs) -> StrictClient:
    session.commit()
    return sign_in_as(team.officer)


def address(*applications: Application) -> str:
    return "/screening/suggestions?" + "&".join(f"row={one.id}" for one in applications)


def tickets(page: str) -> list[str]:
    return re.findall(r'name="row" value="([^"]+)"', page)


def states(session: Session, *applications: Application) -> list[str]:
    session.expire_all()
    return [session.get_one(Application, one.id).state.value for one in applications]


def test_all_that_is_clear_is_recorded_at_once_with_its_evidence(
    session: Session, officer: StrictClient, clear: list[Application]
) -> None:
    member(session, clear[0].organisation)
    session.commit()
    page = officer.get("/screening").text
    assert all(f'name="row" value="{one.id}"' in page for one in clear)
    check = officer.get(address(*clear))
    assert "Registered in time: Registered on" in check.text
    done = officer.submit(address(*clear), {"row": tickets(check.text)})
    assert done.status_code == 302
    result = officer.get(done.location).text
    assert "4 rows have been done" in result
    assert result.count("Eligible") >= 4
    assert states(session, *clear) == ["eligible"] * 4
    for one in clear:
        assert trail_of(session, "application", one.id)[-1].facts == {
            "criteria": 2,
            "as_suggested": 2,
        }
    kept = session.scalars(select(Check).where(Check.application_id == clear[0].id)).all()
    assert all(check.met and check.suggested and check.reason for check in kept)


def test_what_a_person_has_to_judge_is_left_out_and_named(
    session: Session, officer: StrictClient, clear: list[Application], doubtful: Application
) -> None:
    page = officer.get(address(clear[0], doubtful)).text
    assert len(tickets(page)) == 1
    assert "A person must check: Directly responsible" in page
    forced = officer.submit(
        address(clear[0], doubtful), {"row": [*tickets(page), f"{doubtful.id}.0"]}
    )
    assert forced.status_code == 409
    assert "Nothing has been done" in forced.text
    assert states(session, clear[0], doubtful) == ["submitted", "submitted"]


def test_what_a_person_marked_completes_what_is_known(
    session: Session, team: Team, doubtful: Application
) -> None:
    by = act_of(session, team.officer)
    with pytest.raises(DomainError, match="Directly responsible"):
        accept_suggestions(session, [doubtful], by)
    keep_checks(session, doubtful, {"direct": Answer(True)}, by)
    accept_suggestions(session, [doubtful], by)
    assert doubtful.state == ApplicationState.ELIGIBLE


def test_a_criterion_that_a_person_checked_for_all_counts_where_nothing_is_known(
    session: Session, officer: StrictClient, clear: list[Application], doubtful: Application
) -> None:
    path = address(clear[0], doubtful)
    assert "I have checked these criteria" in officer.get(path).text
    seen = officer.submit(path, {"checked": ["direct"], "again": "1"}).text
    assert "Checked by you." in seen
    sent = {"checked": ["direct"], "row": tickets(seen)}
    assert officer.submit(path, {"row": tickets(seen)}).status_code == 409
    assert officer.submit(path, sent).status_code == 302
    assert states(session, clear[0], doubtful) == ["eligible", "eligible"]
    kept = {row.criterion: row for row in session.scalars(select(Check)).all()}
    assert (kept["direct"].met, kept["direct"].suggested) == (True, None)


def test_a_no_of_a_person_goes_before_what_is_suggested(
    session: Session, team: Team, clear: list[Application]
) -> None:
    by = act_of(session, team.officer)
    keep_checks(session, clear[0], {"limits": Answer(False, "The budget says otherwise.")}, by)
    with pytest.raises(DomainError, match="Not met: Amount within limits"):
        accept_suggestions(session, [clear[0]], by)


def test_of_two_tabs_the_second_does_nothing_and_says_which_row(
    session: Session, officer: StrictClient, clear: list[Application]
) -> None:
    seen = tickets(officer.get(address(*clear)).text)
    officer.submit(address(*clear), {"row": seen[:1]})
    second = officer.submit(address(*clear[1:]), {"row": seen})
    assert second.status_code == 409
    assert "Nothing has been done, because 1 row has changed" in second.text
    assert "the status is “Eligible”" in second.text
    assert states(session, *clear) == ["eligible", "submitted", "submitted", "submitted"]


def test_evidence_that_changed_since_it_was_seen_stops_the_whole(
    session: Session, officer: StrictClient, clear: list[Application]
) -> None:
    seen = tickets(officer.get(address(*clear)).text)
    clear[2].requested_minor = 1_300_000
    session.commit()
    answer = officer.submit(address(*clear), {"row": seen})
    assert answer.status_code == 409
    assert "Another user changed this" in answer.text
    assert states(session, *clear) == ["submitted"] * 4
    again = officer.submit(address(*clear), {"row": tickets(answer.text)})
    assert again.status_code == 302


def test_a_refusal_in_the_middle_leaves_nothing_half_done(
    session: Session,
    officer: StrictClient,
    clear: list[Application],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = service._require_complete

    def refuse_the_third(application: Application, known: object) -> None:
        if application.id == clear[2].id:
            raise DomainError("Not this one.")
        real(application, known)  # type: ignore[arg-type]

    seen = tickets(officer.get(address(*clear)).text)
    monkeypatch.setattr(service, "_require_complete", refuse_the_third)
    answer = officer.submit(address(*clear), {"row": seen})
    assert answer.status_code == 409
    assert "Not this one." in answer.text
    assert states(session, *clear) == ["submitted"] * 4
    assert session.scalars(select(Check)).all() == []


def test_the_whole_list_can_be_taken_and_rows_can_be_left_out(
    session: Session, officer: StrictClient, clear: list[Application], doubtful: Application
) -> None:
    whole = f"/screening/suggestions?all=1&call={clear[0].call.reference}"
    page = officer.get(whole).text
    assert len(tickets(page)) == 4
    assert doubtful.reference not in page
    assert officer.submit(whole, {"row": tickets(page)[1:]}).status_code == 302
    assert sorted(states(session, *clear)) == ["eligible"] * 3 + ["submitted"]


def test_a_list_that_is_too_long_is_taken_in_parts_and_says_so(
    officer: StrictClient, clear: list[Application], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = f"/screening/suggestions?all=1&call={clear[0].call.reference}"
    assert "first 3 of the list" not in officer.get(whole).text
    monkeypatch.setattr(views, "ACCEPT", replace(views.ACCEPT, most=3))
    page = officer.get(whole).text
    assert "These are the first 3 of the list" in page
    assert len(tickets(page)) == 3


def test_nothing_ticked_does_nothing(officer: StrictClient, clear: list[Application]) -> None:
    answer = officer.submit(address(*clear), {})
    assert "Select at least one row" in answer.text
    assert "No rows are selected" in officer.get("/screening/suggestions").text


@pytest.mark.parametrize("row", ["x", "-1", "9" * 30, "1%00", "٣", "1.2"])
def test_rows_that_name_no_record_are_left_out(officer: StrictClient, row: str) -> None:
    assert officer.get(f"/screening/suggestions?row={row}&done-=x").status_code == 200
    assert officer.get(f"/screening/suggestions?done={row}").status_code == 200


def test_a_person_who_may_not_screen_finds_neither_page_nor_record(
    session: Session, sign_in_as: SignInAs, clear: list[Application]
) -> None:
    session.commit()
    for role in (Role.REVIEWER, Role.TRUSTEE, Role.AUDITOR, Role.APPROVING_OFFICER):
        assert sign_in_as(staff(session, role)).get(address(*clear)).status_code == 403


def test_own_organisations_application_is_not_there_to_be_picked(
    session: Session, team: Team, officer: StrictClient, clear: list[Application]
) -> None:
    appoint(session, team.officer, Role.ORGANISATION_EDITOR, organisation=clear[0].organisation)
    session.commit()
    page = officer.get(address(*clear)).text
    assert clear[0].reference not in page
    forced = officer.submit(address(*clear), {"row": [*tickets(page), f"{clear[0].id}.0"]})
    assert forced.status_code == 409
    assert clear[0].reference not in forced.text
    assert states(session, *clear) == ["submitted"] * 4


def test_a_page_of_sixty_rows_costs_no_more_questions_than_one_of_one(
    session: Session, fund: Fund, officer: StrictClient
) -> None:
    call = a_call(session, fund, eligibility=CLEAR, registered_by=date(2023, 12, 1))
    many = [
        a_submitted_application(session, call, an_organisation(session, f"Casa {n}"), "12000.00")
        for n in range(60)
    ]
    session.commit()
    officer.get(address(many[0]))
    alone = officer.queries
    officer.get(address(*many))
    assert officer.queries <= alone
    officer.get(f"/screening/suggestions?all=1&call={call.reference}")
    assert officer.queries <= alone + 1


def test_a_doubtful_case_opens_with_what_is_known_ticked(
    session: Session, fund: Fund, officer: StrictClient
) -> None:
    application = a_submission(session, a_call(session, fund))
    session.commit()
    page = officer.get(f"/screening/{application.reference}").text
    assert re.search(r'name="met_limits"[^>]*value="met"[^>]*checked', page)
    assert not re.search(r'name="met_registered"[^>]*checked', page)


def test_the_eligible_are_left_out(
    session: Session, team: Team, officer: StrictClient, doubtful: Application
) -> None:
    eligible(session, doubtful, team)
    session.commit()
    page = officer.get(address(doubtful)).text
    assert "the status is “Eligible”" in page


def test_many_are_recorded_as_one_after_the_other_would_be(
    session: Session, team: Team, clear: list[Application]
) -> None:
    """The same trail in the same order, the same checks and e-mails."""
    for application in clear:
        member(session, application.organisation, name=f"Ana of {application.id}")
    act = act_of(session, team.officer)
    for application in clear[:2]:
        accept_suggestions(session, [application], act)
    accept_suggestions(session, clear[2:], act)
    told = [(row.action, row.subject_id, row.facts, row.reason) for row in _trail(session)[-4:]]
    facts = {"criteria": 2, "as_suggested": 2}
    assert told == [("find_eligible", one.id, facts, None) for one in clear]
    checks = session.scalars(select(Check)).all()
    assert sorted((one.application_id, one.criterion) for one in checks) == sorted(
        (one.id, criterion["key"]) for one in clear for criterion in CLEAR
    )
    assert all(one.met and one.suggested and one.decided_at == act.at for one in checks)
    letters = session.scalars(select(Message).order_by(Message.id)).all()
    assert [one.event.split(":")[1] for one in letters[-4:]] == [str(one.id) for one in clear]


def _trail(session: Session) -> Sequence[TrailRow]:
    return session.scalars(select(TrailRow).order_by(TrailRow.id)).all()
