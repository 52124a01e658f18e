"""Changes of grants for tests, taken through the real acts."""

from datetime import date, timedelta
from typing import Any

from grants.core.kernel import clock
from grants.granting.changes.models import GrantChange
from grants.granting.changes.service import approve, begin_change, recommend, request_change
from grants.granting.changes.signing import put_in_force
from grants.granting.changes.workflow import ChangeKind
from tests.factories import act_of
from tests.grants import Scene, a_file

LATER = timedelta(92)
"""By how much an extension of the tests lasts longer."""


def running_longer(scene: Scene, days: int = 120) -> Scene:
    """The grant of the scene ends so many days from now, so that its changes are asked in time."""
    ahead = clock.today() + timedelta(days) - scene.award.ends_on
    scene.award.ends_on += ahead
    return scene.run()


def asked_for(scene: Scene, kind: ChangeKind = ChangeKind.EXTENSION, **asked: Any) -> GrantChange:
    """A change that the grantee asks for; an extension of three months unless said otherwise."""
    if kind is ChangeKind.EXTENSION and not asked:
        asked = {"ends_on": (scene.award.ends_on + LATER).isoformat()}
    act = act_of(scene.session, scene.people.grantee, "The shelter opens later.")
    return request_change(scene.session, scene.award, kind, asked, act)


def begun(scene: Scene, kind: ChangeKind, **asked: Any) -> GrantChange:
    """A change that the fund's programme officer begins."""
    act = act_of(scene.session, scene.people.officer, "The audit found gaps.")
    return begin_change(scene.session, scene.award, kind, asked, act)


def asked_for_later(scene: Scene, day: date, kind: ChangeKind, **asked: Any) -> GrantChange:
    """A change that the grantee asks for, to be in force from a day."""
    act = act_of(scene.session, scene.people.grantee, "The shelter opens later.")
    return request_change(scene.session, scene.award, kind, asked, act, day)


def begun_for_later(scene: Scene, day: date, kind: ChangeKind, **asked: Any) -> GrantChange:
    """A change that the fund's programme officer begins, to be in force from a day."""
    act = act_of(scene.session, scene.people.officer, "The audit found gaps.")
    return begin_change(scene.session, scene.award, kind, asked, act, day)


def approved(scene: Scene, change: GrantChange) -> GrantChange:
    """Recommended if it has to be, and approved."""
    if change.state.value == "requested":
        recommend(scene.session, change, act_of(scene.session, scene.people.officer))
    approve(scene.session, change, act_of(scene.session, scene.people.approver))
    return change


def in_force(scene: Scene, change: GrantChange) -> GrantChange:
    """Approved, signed by both and recorded."""
    approved(scene, change)
    manager = scene.people.manager
    paper, act = a_file(scene.session, manager), act_of(scene.session, manager)
    put_in_force(scene.session, change, clock.today(), paper, act)
    return change
