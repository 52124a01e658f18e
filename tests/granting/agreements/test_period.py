"""The period of a grant changes until it is signed: by the approving officer, for a reason."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from grants.books.ledger import verify
from grants.core.audit.queries import trail_of
from grants.core.kernel import clock
from grants.core.kernel.clock import months_after
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.granting.agreements.period import change_period
from grants.granting.agreements.queries import agreement_of, schedule_of
from grants.granting.agreements.service import settle_terms, sign_agreement
from grants.platform.messages.models import Message
from tests.books.ledger.books import settle
from tests.factories import act_of
from tests.grants import Scene, a_file
from tests.platform.web.client import SignInAs

WHY = "The organisation starts later."


def later(scene: Scene) -> tuple[date, date]:
    start = scene.award.starts_on + timedelta(60)
    return start, months_after(start, 6) - timedelta(1)


def change(scene: Scene, days: tuple[date, date], reason: str | None = WHY) -> bool:
    act = act_of(scene.session, scene.people.approver, reason)
    dropped = change_period(scene.session, scene.award, *days, act)
    settle(scene.session)
    return dropped


def test_the_new_period_is_on_record_with_the_old_one_and_the_organisation_is_told(
    scene: Scene,
) -> None:
    before = scene.award.starts_on, scene.award.ends_on
    change(scene, later(scene))
    assert (scene.award.starts_on, scene.award.ends_on) == later_than(before)
    last = trail_of(scene.session, "award", scene.award.id)[-1]
    assert (last.action, last.reason) == ("change_period", WHY)
    assert last.facts["before"] == f"{before[0]} – {before[1]}"
    mail = scene.session.scalars(select(Message).order_by(Message.id.desc())).first()
    assert mail is not None
    assert mail.person_id == scene.people.grantee.id
    assert WHY in mail.text
    assert verify.breaches(scene.session) == []


def later_than(before: tuple[date, date]) -> tuple[date, date]:
    start = before[0] + timedelta(60)
    return start, months_after(start, 6) - timedelta(1)


def test_terms_that_no_longer_fit_are_proposed_again_and_the_grant_can_be_signed(
    scene: Scene,
) -> None:
    schedule = schedule_of(scene.session, scene.award)
    by = act_of(scene.session, scene.people.manager)
    settle_terms(scene.session, scene.award, replace(schedule), by)
    assert change(scene, later(scene))
    assert agreement_of(scene.session, scene.award) is None
    paper = a_file(scene.session, scene.people.manager)
    sign_agreement(scene.session, scene.award, clock.today(), paper, by)
    settle(scene.session)
    assert verify.breaches(scene.session) == []


def test_only_the_approving_officer_with_a_reason_before_the_signature(scene: Scene) -> None:
    days = later(scene)
    with pytest.raises(DomainError, match="reason"):
        change(scene, days, None)
    with pytest.raises(DomainError, match="end after it starts"):
        change(scene, (days[0], days[0]))
    with pytest.raises(DomainError, match="Change a date"):
        change(scene, (scene.award.starts_on, scene.award.ends_on))
    by = act_of(scene.session, scene.people.manager, WHY)
    with pytest.raises(Forbidden):
        change_period(scene.session, scene.award, *days, by)
    scene.run()
    with pytest.raises(Conflict):
        change(scene, days)


def test_a_stale_page_changes_nothing(scene: Scene) -> None:
    act = act_of(scene.session, scene.people.approver, WHY)
    with pytest.raises(Conflict):
        change_period(
            scene.session, scene.award, *later(scene), act, version=scene.award.version - 1
        )


def test_from_the_page_of_the_grant(scene: Scene, sign_in_as: SignInAs) -> None:
    scene.session.commit()
    path = f"/grants/{scene.award.reference}"
    approver = sign_in_as(scene.people.approver)
    assert "Change the period" in approver.get(path).text
    start, end = later(scene)
    typed = {"reason": WHY, "version": str(scene.award.version)}
    for name, day in (("starts_on", start), ("ends_on", end)):
        typed |= {f"{name}-{part}": str(getattr(day, part)) for part in ("day", "month", "year")}
    assert "Awarded from" in approver.get(f"{path}/period").text
    assert approver.submit(f"{path}/period", typed).location == path
    scene.session.refresh(scene.award)
    assert scene.award.starts_on == start
    manager = sign_in_as(scene.people.manager)
    assert "Change the period" not in manager.get(path).text
    assert manager.get(f"{path}/period").status_code == 403
