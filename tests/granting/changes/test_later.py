"""A change that is agreed now is in force from its day: not before, once, and not if called off."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.queries import balances
from grants.core.audit.act import Act
from grants.core.audit.queries import trail_of
from grants.core.database.db import Database
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.people.models import Person
from grants.granting.agreements.next_steps import next_steps
from grants.granting.agreements.queries import progress_of
from grants.granting.changes.later import call_off, due_changes, follow, take_effect
from grants.granting.changes.models import GrantChange
from grants.granting.changes.queries import terms_of
from grants.granting.changes.service import (
    approve_at_once,
    draw_up_again,
    drop,
    lift,
    reject,
    withdraw,
)
from grants.granting.changes.signing import put_in_force
from grants.granting.changes.workflow import ChangeKind, ChangeState
from grants.granting.payments.models import Instalment
from grants.platform.messages.models import Message
from tests.factories import act_of
from tests.granting.changes.scenes import (
    LATER,
    approved,
    asked_for_later,
    begun,
    begun_for_later,
    in_force,
    running_longer,
)
from tests.granting.changes.test_at_once import a_scene, at_once
from tests.granting.changes.test_changes import ties, with_budget
from tests.granting.changes.test_pages import day, submit, text_of
from tests.granting.changes.test_pages import follow as link
from tests.grants import Scene, a_file, pay, scene
from tests.platform.web.client import SignInAs

__all__ = ["scene"]

SYSTEM = Act.by_system("changes")
S, K = ChangeState, ChangeKind
AHEAD = timedelta(30)
Ending = Callable[[Session, GrantChange, Act], None]


def at_noon(when: date) -> AbstractContextManager[None]:
    return clock.at(datetime.combine(when, time(12), clock.zone()))


def agreed(scene: Scene, kind: ChangeKind = K.EXTENSION, **asked: str) -> GrantChange:
    """A change that both have signed now, in force in thirty days."""
    if kind is K.EXTENSION:
        asked = {"ends_on": (scene.award.ends_on + LATER).isoformat()}
    return in_force(scene, asked_for_later(scene, clock.today() + AHEAD, kind, **asked))


def more_money(scene: Scene) -> GrantChange:
    later = (clock.today() + AHEAD).isoformat()
    ends_on = scene.award.ends_on.isoformat()
    return agreed(scene, K.TOP_UP, amount="1000.00", ends_on=ends_on, **{"from": later})


def test_what_is_agreed_for_later_changes_nothing_before_its_day(scene: Scene) -> None:
    running_longer(scene)
    before, change = terms_of(scene.session, scene.award), agreed(scene)
    assert (change.state, change.in_force_at) == (S.AGREED, None)
    assert terms_of(scene.session, scene.award) == before
    with pytest.raises(Conflict, match="in force from"):
        take_effect(scene.session, change, SYSTEM)
    assert due_changes(scene.session) == []
    (step,) = [
        step
        for step in next_steps(scene.award, progress_of(scene.session, scene.award), clock.today())
        if step.kind == "change"
    ]
    assert (step.by, step.from_grantee) == (change.effective_on, False)
    ties(scene)


def test_on_its_day_the_schedule_and_the_trail_follow_once(scene: Scene) -> None:
    running_longer(scene)
    ends_on, change = scene.award.ends_on, agreed(scene)
    assert change.effective_on is not None
    with at_noon(change.effective_on):
        assert due_changes(scene.session) == [change.id]
        take_effect(scene.session, change, SYSTEM)
        with pytest.raises(Conflict):
            take_effect(scene.session, change, SYSTEM)
    assert (change.state, scene.award.ends_on) == (S.IN_FORCE, ends_on + LATER)
    assert scene.reports[-1].covers_to == scene.award.ends_on
    trail = trail_of(scene.session, GrantChange.__tablename__, change.id)
    assert [row.action for row in trail].count("take_effect") == 1
    assert told(scene, "in_force")
    ties(scene)


def test_the_money_of_a_top_up_is_reserved_until_its_day_and_then_committed(scene: Scene) -> None:
    running_longer(scene)
    before = balances(scene.session, scene.fund)
    change = more_money(scene)
    waiting = balances(scene.session, scene.fund)
    assert waiting.commitments == before.commitments
    assert waiting.available < before.available
    assert change.effective_on is not None
    with at_noon(change.effective_on):
        take_effect(scene.session, change, SYSTEM)
    after = balances(scene.session, scene.fund)
    assert (after.reserved, after.available) == (before.reserved, waiting.available)
    assert scene.award.amount == terms_of(scene.session, scene.award).amount
    ties(scene)


def test_a_change_that_is_called_off_releases_its_money(scene: Scene) -> None:
    running_longer(scene)
    before, change = balances(scene.session, scene.fund), more_money(scene)
    why = "The project is smaller than planned."
    with pytest.raises(Forbidden):
        call_off(scene.session, change, act_of(scene.session, scene.people.officer, why))
    call_off(scene.session, change, act_of(scene.session, scene.people.approver, why))
    assert change.state is S.WITHDRAWN
    assert balances(scene.session, scene.fund) == before
    assert change.effective_on is not None
    with at_noon(change.effective_on):
        assert due_changes(scene.session) == []
        with pytest.raises(Conflict):
            take_effect(scene.session, change, SYSTEM)


def test_the_organisation_cannot_withdraw_what_both_have_signed(scene: Scene) -> None:
    running_longer(scene)
    change = agreed(scene)
    with pytest.raises(Conflict, match="agreed"):
        withdraw(scene.session, change, act_of(scene.session, scene.people.grantee, "No more."))


def test_a_signature_after_the_day_puts_it_in_force_at_once(scene: Scene) -> None:
    running_longer(scene)
    ends_on = scene.award.ends_on + LATER
    change = asked_for_later(scene, clock.today() + AHEAD, K.EXTENSION, ends_on=ends_on.isoformat())
    approved(scene, change)
    with at_noon(clock.today() + AHEAD + timedelta(3)):
        assert due_changes(scene.session) == []
        in_force_now(scene, change)
    assert (change.state, scene.award.ends_on) == (S.IN_FORCE, ends_on)


def in_force_now(scene: Scene, change: GrantChange) -> None:
    manager = scene.people.manager
    paper, act = a_file(scene.session, manager), act_of(scene.session, manager)
    put_in_force(scene.session, change, clock.today(), paper, act)


@pytest.mark.parametrize("days", [-1, 400])
def test_the_day_is_neither_past_nor_after_the_grant(scene: Scene, days: int) -> None:
    running_longer(scene)
    wrong = clock.today() + timedelta(days)
    ends_on = (scene.award.ends_on + LATER).isoformat()
    with pytest.raises(DomainError):
        asked_for_later(scene, wrong, K.EXTENSION, ends_on=ends_on)


def test_a_suspension_holds_the_grant_from_its_day(scene: Scene) -> None:
    running_longer(scene)
    start = clock.today() + AHEAD
    change = begun_for_later(scene, start, K.SUSPENSION, **{"from": start.isoformat()})
    approver = act_of(scene.session, scene.people.approver, "Agreed with the auditors.")
    approve_at_once(scene.session, change, approver)
    assert (change.state, scene.award.suspended_on) == (S.AGREED, None)
    with at_noon(start):
        take_effect(scene.session, change, SYSTEM)
        assert scene.award.suspended_on == start
        lift(scene.session, change, act_of(scene.session, scene.people.approver, "Done."))
    assert scene.award.suspended_on is None


def test_a_budget_notice_for_later_can_be_withdrawn_by_its_author(scene: Scene) -> None:
    running_longer(scene)
    with_budget(scene)
    codes = [line.category for line in terms_of(scene.session, scene.award).budget]
    asked = {"lines": {codes[0]: "10900.00", codes[1]: "9100.00"}}
    grantee = scene.people.grantee
    change = asked_for_later(scene, clock.today() + AHEAD, K.BUDGET, **asked)
    assert (change.state, change.by_notice) == (S.AGREED, True)
    withdraw(scene.session, change, act_of(scene.session, grantee, "Not needed."))
    assert change.state is S.WITHDRAWN


def test_a_grant_that_changed_meanwhile_is_drawn_up_again(scene: Scene) -> None:
    running_longer(scene)
    change = more_money(scene)
    pay(scene.session, scene.instalments[0], scene.people, clock.today())
    assert change.effective_on is not None
    with at_noon(change.effective_on):
        with pytest.raises(Conflict, match="Draw it up again"):
            take_effect(scene.session, change, SYSTEM)
        with pytest.raises(DomainError, match="Enter a reason"):
            draw_up_again(scene.session, change, act_of(scene.session, scene.people.officer))
        again(scene, change)
        assert (change.state, change.document) == (S.RECOMMENDED, None)
        assert "The first instalment is paid." in told(scene, "drawn_up_again")
        assert told(scene, "withdrawn") == ""
    ties(scene)


def again(scene: Scene, change: GrantChange) -> None:
    why = "The first instalment is paid."
    draw_up_again(scene.session, change, act_of(scene.session, scene.people.officer, why))


def told(scene: Scene, what: str) -> str:
    """What the organisation was written."""
    query = select(Message).where(
        Message.event.contains(f":{what}:"), Message.recipient == scene.people.grantee.email
    )
    return "".join(message.text for message in scene.session.scalars(query))


def test_what_both_agreed_on_is_not_drawn_up_again_before_its_day(scene: Scene) -> None:
    running_longer(scene)
    change = more_money(scene)
    with pytest.raises(Conflict):
        again(scene, change)
    assert (change.state, told(scene, "drawn_up_again")) == (S.AGREED, "")
    assert change.effective_on is not None
    with at_noon(change.effective_on):
        with pytest.raises(Conflict, match="in force from"):
            again(scene, change)
        take_effect(scene.session, change, SYSTEM)
    assert change.state is S.IN_FORCE


@pytest.mark.parametrize("end", [drop, reject])
def test_the_organisation_reads_that_what_it_signed_is_ended(scene: Scene, end: Ending) -> None:
    running_longer(scene)
    change = begun(scene, K.EXTENSION, ends_on=(scene.award.ends_on + LATER).isoformat())
    approved(scene, change)
    draw_up_again(scene.session, change, act_of(scene.session, scene.people.officer))
    person = scene.people.officer if end is drop else scene.people.approver
    end(scene.session, change, act_of(scene.session, person, "The site was sold."))
    assert "The site was sold." in told(scene, "withdrawn")


def test_a_change_for_later_is_called_off_by_a_plain_button(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    running_longer(scene)
    agreed(scene)
    page = f"/grants/{scene.award.reference}/changes/1"
    body = sign_in_as(scene.people.approver).get(page).get_data(as_text=True)
    assert f'class="govuk-button govuk-button--secondary" href="{page}/call-off"' in body
    officer = sign_in_as(scene.people.officer)
    assert f"{page}/draw-up-again" not in officer.get(page).get_data(as_text=True)
    assert officer.get(f"{page}/draw-up-again").status_code == 409


def _agreed_in(database: Database) -> tuple[int, date, Scene]:
    with database.transaction() as session:
        scene = a_scene(session)
        change = agreed(scene)
        assert change.effective_on is not None
        return change.id, change.effective_on, scene


def test_two_jobs_at_once_put_it_in_force_once(real_database: Database) -> None:
    change_id, when, _scene = _agreed_in(real_database)

    def take(session: Session) -> None:
        with at_noon(when):
            take_effect(session, session.get_one(GrantChange, change_id), SYSTEM)

    assert at_once(real_database, take, take) == ["Conflict"]
    with at_noon(when):
        assert follow(real_database, SYSTEM) == 0
    with real_database.session() as session:
        trail = trail_of(session, GrantChange.__tablename__, change_id)
        assert [row.action for row in trail].count("take_effect") == 1


def test_called_off_and_put_in_force_at_once_one_of_them_holds(real_database: Database) -> None:
    change_id, when, scene = _agreed_in(real_database)
    approver_id = scene.people.approver.id

    def take(session: Session) -> None:
        with at_noon(when):
            take_effect(session, session.get_one(GrantChange, change_id), SYSTEM)

    def cancel(session: Session) -> None:
        person = session.get_one(Person, approver_id)
        change = session.get_one(GrantChange, change_id)
        call_off(session, change, act_of(session, person, "Not needed."))

    assert at_once(real_database, take, cancel) == ["Conflict"]


def test_the_job_tells_the_fund_once_of_a_change_that_it_cannot_put_in_force(
    real_database: Database,
) -> None:
    with real_database.transaction() as session:
        scene = a_scene(session)
        change = more_money(scene)
        assert change.effective_on is not None
        when = change.effective_on
        first = session.get_one(Instalment, scene.instalments[0].id)
        pay(session, first, scene.people, clock.today())
    with at_noon(when):
        assert (follow(real_database, SYSTEM), follow(real_database, SYSTEM)) == (0, 0)
    with real_database.session() as session:
        told = session.scalars(select(Message).where(Message.event.contains(":stuck:"))).all()
        assert {message.recipient for message in told} >= {scene.people.officer.email}
        assert len(told) == len({message.recipient for message in told})


def test_both_sides_read_from_which_day_it_is_in_force(scene: Scene, sign_in_as: SignInAs) -> None:
    running_longer(scene)
    grantee, grant = sign_in_as(scene.people.grantee), f"/grants/{scene.award.reference}"
    when = clock.today() + AHEAD
    page = link(grantee, f"{grant}/changes", "No-cost extension")
    typed = {**day("ends_on", scene.award.ends_on + LATER), **day("effective_on", when)}
    assert submit(grantee, page, **typed, reason="The shelter opens later.").status_code == 302
    (change,) = progress_of(scene.session, scene.award).changes
    in_force(scene, change)
    assert "From " in text_of(grantee.get(f"{grant}/changes"))
    assert "In force from" in text_of(grantee.get(f"{grant}/changes/1"))
    approver = sign_in_as(scene.people.approver)
    step = link(approver, f"{grant}/changes/1", "Call off the change")
    assert submit(approver, step, reason="Not needed any more.").status_code == 302
    assert "Not needed any more." in text_of(grantee.get(f"{grant}/changes/1"))
