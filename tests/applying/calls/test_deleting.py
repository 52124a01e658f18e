"""A call that was never published is deleted, for a reason, with all that hangs on it."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from time import sleep

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from grants.applying.call_changes.deleting import delete_call
from grants.applying.call_changes.stages import (
    add_second_stage,
    join_again,
    removed_stage,
    separate_stages,
)
from grants.applying.calls.models import Call, EarlierForm, TrialApplication
from grants.applying.calls.queries import find_by_reference
from grants.applying.calls.service import change_form, open_call
from grants.applying.calls.trials import begin_test, begin_trial
from grants.core.audit.act import Act
from grants.core.audit.models import TrailRow
from grants.core.audit.queries import trail_of
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, Missing
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from tests.factories import a_call, a_draft_call, act_of, staff
from tests.platform.web.client import SignInAs

REASON = "Made twice by mistake."


@pytest.fixture
def officer(session: Session) -> Person:
    return staff(session, Role.PROGRAMME_OFFICER)


@pytest.fixture
def call(session: Session, fund: Fund) -> Call:
    return a_draft_call(session, fund)


def left(session: Session, *kinds: type[Call | EarlierForm | TrialApplication]) -> int:
    return sum(session.scalar(select(func.count()).select_from(kind)) or 0 for kind in kinds)


def last_row(session: Session, fund: Fund) -> TrailRow:
    return trail_of(session, "fund", fund.id)[-1]


def test_a_draft_goes_with_its_trials_and_earlier_forms_and_the_trail_says_why(
    session: Session, fund: Fund, call: Call, officer: Person
) -> None:
    reference, by = call.reference, act_of(session, officer, REASON)
    change_form(session, call, call.questionnaire, by, question="title")
    begin_test(session, call, by)
    begin_trial(session, call, by)
    begin_trial(session, call, act_of(session, staff(session, Role.FUND_MANAGER)))
    delete_call(session, call, by)
    assert left(session, Call, EarlierForm, TrialApplication) == 0
    row = last_row(session, fund)
    assert (row.action, row.reason, row.actor) == ("delete_call", REASON, officer.name)
    assert row.facts["reference"] == reference
    assert row.facts["trial_applications"] == 2
    assert a_draft_call(session, fund).reference == reference


def test_a_draft_is_deleted_by_who_prepares_calls_and_only_for_a_reason(
    session: Session, call: Call, officer: Person
) -> None:
    for role in (Role.REVIEWER, Role.APPROVING_OFFICER, Role.AUDITOR):
        with pytest.raises(Forbidden):
            delete_call(session, call, act_of(session, staff(session, role), REASON))
    with pytest.raises(DomainError, match="Enter a reason"):
        delete_call(session, call, act_of(session, officer, " "))
    assert left(session, Call) == 1


def test_a_published_call_stays_even_before_its_opening_day(
    session: Session, fund: Fund, officer: Person
) -> None:
    call = a_call(session, fund)
    with pytest.raises(Conflict, match="has been published, so it cannot be deleted"):
        delete_call(session, call, act_of(session, officer, REASON))
    with pytest.raises(IntegrityError, match="never deleted"), session.begin_nested():
        session.execute(delete(Call))


def test_a_first_stage_stays_until_its_second_is_gone(
    session: Session, call: Call, officer: Person
) -> None:
    by = act_of(session, officer, REASON)
    second = add_second_stage(session, call, by)
    with pytest.raises(Conflict, match=f"The call {second.reference} takes the full proposals"):
        delete_call(session, call, by)
    separate_stages(session, call, by)
    delete_call(session, call, by)
    assert session.scalars(select(Call)).all() == [second]


def test_a_first_stage_has_one_stage_once_its_second_is_deleted(
    session: Session, fund: Fund, call: Call, officer: Person
) -> None:
    advised = call.board_advises
    second = add_second_stage(session, call, act_of(session, officer))
    delete_call(session, second, act_of(session, officer, REASON))
    assert not call.is_first_stage
    assert call.board_advises is advised
    assert removed_stage(session, call) is None
    assert trail_of(session, "call", call.id)[-1].action == "remove_stage"
    assert last_row(session, fund).facts["second_stage_of"] == call.reference
    open_call(session, call, act_of(session, staff(session, Role.FUND_MANAGER)))


def test_the_page_says_what_goes_and_asks_for_the_reason(
    session: Session, call: Call, officer: Person, sign_in_as: SignInAs
) -> None:
    begin_test(session, call, act_of(session, officer))
    begin_trial(session, call, act_of(session, officer))
    session.commit()
    browser, path = sign_in_as(officer), f"/calls/{call.reference}"
    assert f"{path}/delete" in browser.get(path).text
    assert "1 trial application is deleted too." in browser.get(f"{path}/delete").text
    assert "govuk-error-summary" in browser.submit(f"{path}/delete", {"reason": ""}).text
    done = browser.submit(f"{path}/delete", {"reason": REASON})
    assert done.location == "/calls/manage"
    assert "has been deleted" in browser.get(done.location).text
    assert browser.get(path).status_code == 404
    session.rollback()
    assert find_by_reference(session, path.rpartition("/")[2]) is None


def test_the_page_says_what_becomes_of_the_other_stage(
    session: Session, call: Call, officer: Person, sign_in_as: SignInAs
) -> None:
    second = add_second_stage(session, call, act_of(session, officer))
    session.commit()
    browser = sign_in_as(officer)
    assert (
        "will be kept as a call with one stage"
        in browser.get(f"/calls/{second.reference}/delete").text
    )
    page = browser.get(f"/calls/{call.reference}/delete").text
    assert "takes the full proposals of this one" in page
    assert "Delete the draft</button>" not in page


def test_a_published_call_has_no_link_and_its_page_says_what_can_be_done_instead(
    session: Session, fund: Fund, officer: Person, sign_in_as: SignInAs
) -> None:
    call = a_call(session, fund)
    session.commit()
    browser, path = sign_in_as(officer), f"/calls/{call.reference}"
    assert f"{path}/delete" not in browser.get(path).text
    page = browser.get(f"{path}/delete").text
    assert "It can be withdrawn or closed" in page
    assert "Delete the draft</button>" not in page


@pytest.mark.parametrize("done", ["begin_trial", "join_again", "delete_call"])
def test_what_waits_for_the_deletion_is_refused_with_a_sentence(
    real_database: Database, done: str
) -> None:
    acts: dict[str, Callable[[Session, Call, Call, Act], object]] = {
        "begin_trial": lambda own, _first, call, by: begin_trial(own, call, by),
        "join_again": join_again,
        "delete_call": lambda own, _first, call, by: delete_call(own, call, by),
    }
    with real_database.transaction() as session:
        first = a_draft_call(session, fund_by_code(session, "UNVTF"))
        by = act_of(session, staff(session, Role.PROGRAMME_OFFICER), REASON)
        second = add_second_stage(session, first, by)
        separate_stages(session, first, by)
        if done == "begin_trial":
            begin_test(session, second, by)
        ids = first.id, second.id
    read = Event()

    def act() -> None:
        with real_database.transaction() as own:
            first, second = [own.get_one(Call, number) for number in ids]
            read.set()
            acts[done](own, first, second, by)

    with ThreadPoolExecutor(1) as threads:
        with real_database.transaction() as session:
            delete_call(session, session.get_one(Call, ids[1]), by)
            waiting = threads.submit(act)
            assert read.wait(10)
            until_it_waits(session, waiting)
        with pytest.raises(Missing, match="The call has been deleted"):
            waiting.result(10)


def test_the_stages_are_locked_in_the_order_in_which_they_are_published(
    real_database: Database,
) -> None:
    with real_database.transaction() as session:
        first = a_draft_call(session, fund_by_code(session, "UNVTF"))
        by = act_of(session, staff(session, Role.PROGRAMME_OFFICER), REASON)
        ids = first.id, add_second_stage(session, first, by).id

    def erase() -> None:
        with real_database.transaction() as own:
            delete_call(own, own.get_one(Call, ids[1]), by)

    with ThreadPoolExecutor(1) as threads:
        with real_database.transaction() as session:
            session.get_one(Call, ids[0], with_for_update={"of": Call})
            waiting = threads.submit(erase)
            until_it_waits(session, waiting)
            session.execute(text("SET LOCAL lock_timeout = '2s'"))
            session.get_one(Call, ids[1], with_for_update={"of": Call})
        waiting.result(10)
    with real_database.transaction() as session:
        assert session.get(Call, ids[1]) is None


def until_it_waits(session: Session, other: Future[None]) -> None:
    """For what this transaction holds."""
    blocked = "NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    waits = text(f"SELECT count(*) FROM pg_locks WHERE {blocked}")
    for _time in range(200):
        if session.scalar(waits) or other.done():
            return
        sleep(0.05)
    raise AssertionError("It does not wait.")
