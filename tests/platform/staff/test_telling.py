"""Whatever is changed about one of the fund's people, that person is told by e-mail."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.config import Settings
from grants.core.audit.act import Act
from grants.core.audit.models import TrailRow
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.people.models import Membership, Person
from grants.core.people.permissions import Role
from grants.core.people.queries import person_by_email
from grants.core.proofs import accounts, losses
from grants.core.proofs.models import FactorLoss
from grants.platform.messages.models import Message
from grants.platform.staff.models import Appointment
from grants.platform.staff.workflow import AppointmentState
from grants.variables import DISCOVERY, Provider
from tests.factories import a_call, a_submission, a_team, assigned, staff
from tests.platform.staff.test_pages import filled
from tests.platform.web.client import SignInAs, StrictClient
from tests.signing_in import can_sign_in

ADA, FIRST = "ada@example.org", "first.administrator@example.org"
WHY = {"reason": "As was decided."}
PROVIDER = Provider("https://login.example.org" + DISCOVERY, "fund", "kept between us", "Directory")

Kept = Appointment | FactorLoss | Membership | Message | TrailRow


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, provider=PROVIDER)


@dataclass
class World:
    """Two administrators at their browsers, and Ada, about whom things are changed."""

    session: Session
    first: StrictClient
    second: StrictClient

    @property
    def ada(self) -> Person:
        found = person_by_email(self.session, ADA)
        assert found is not None
        return found

    def newest(self, kind: type[Kept]) -> int:
        return _newest(self.session, kind)

    def appoints(self, role: str, **more: str) -> None:
        self.first.submit("/people/appoint", filled(role, **more))
        self._confirmed()

    def _confirmed(self) -> None:
        """The second administrator confirms whatever waits."""
        waiting = select(Appointment.id).where(Appointment.state == AppointmentState.PROPOSED)
        for number in self.session.scalars(waiting).all():
            self.second.submit(f"/people/appointments/{number}/confirm")

    def ends_newest(self) -> None:
        """The role given last is ended, by both."""
        self.first.submit(f"/people/roles/{self.newest(Membership)}/end", WHY)
        self._confirmed()

    def decides(self, what: str) -> None:
        """An officer is proposed; a second administrator decides on it."""
        self.first.submit("/people/appoint", filled("finance_officer"))
        self.second.submit(f"/people/appointments/{self.newest(Appointment)}/{what}", WHY)

    def links(self) -> None:
        asked = accounts.Account(PROVIDER.issuer, "asked")
        accounts.ask_for_link(self.session, asked, Act.by_system("provider"))
        self.of_account({"person": str(self.ada.id)}, "asked")

    def of_account(self, said: dict[str, str], subject: str = "told") -> None:
        found = accounts.known_account(self.session, PROVIDER.issuer, subject)
        assert found is not None
        self.first.submit(f"/people/accounts/{found.id}", said)

    def of_loss(self, said: dict[str, str]) -> None:
        losses.report_loss(self.session, can_sign_in(self.session, self.ada), Act.by_system("Ada"))
        self.session.commit()
        self.first.submit(f"/sign-in/losses/{self.newest(FactorLoss)}", said)

    def hands_over(self) -> None:
        """A reviewer leaves, and Ada gets the work that is open."""
        team = a_team(self.session)
        assigned(self.session, a_submission(self.session, a_call(self.session, _fund(self))), team)
        self.appoints("reviewer")
        held = select(Membership.id).where(Membership.person_id == team.reviewers[0].id)
        path = f"/people/roles/{self.session.scalars(held).one()}/end"
        self.first.submit(path, WHY | {"successor": str(self.ada.id)})


def _newest(session: Session, kind: type[Kept]) -> int:
    return session.scalar(select(func.max(kind.id))) or 0


def _fund(world: World) -> Fund:
    return world.session.scalars(select(Fund)).one()


Happens = Callable[[World], object]
TOLD: tuple[tuple[str, Happens, str], ...] = (
    ("staff.appoint", lambda w: w.appoints("trustee"), "appointed as Trustee of this fund"),
    (
        "staff.appoint",
        lambda w: w.appoints("trustee", regional_group="african"),
        "Regional group: African",
    ),
    (
        "staff.appoint",
        lambda w: w.appoints("trustee", **_last_day()),
        "Your appointment as Trustee of this fund has changed",
    ),
    ("staff.appoint", lambda w: w.appoints("trustee"), "No last day is set."),
    (
        "staff.end",
        World.ends_newest,
        "Your role as Trustee of this fund has ended",
    ),
    ("staff.confirm", lambda w: w.decides("confirm"), "appointed as Finance officer"),
    ("staff.end", World.hands_over, "review"),
    (
        "staff.expertise",
        lambda w: w.first.submit(f"/people/{w.ada.id}/expertise", {"languages": "fr"}),
        "Languages: French",
    ),
    (
        "staff.link_account",
        lambda w: w.first.submit(f"/people/{w.ada.id}/account", {"subject": "told"}),
        "An administrator has linked the account told",
    ),
    ("staff.account", lambda w: w.of_account({"end": "yes"}), "has ended the link"),
    ("staff.account", World.links, "An administrator has linked the account asked"),
    ("signin.loss", lambda w: w.of_loss({"refuse": "yes"}), "was refused or withdrawn"),
    ("signin.loss", lambda w: w.of_loss({}), "second factor was confirmed"),
    (
        "staff.sign_out",
        lambda w: w.first.submit(f"/people/{w.ada.id}/sign-out", WHY),
        "has signed you out of all browsers",
    ),
)
"""Each page on which one of the fund's people is changed; what happens there, one after the other;
words of the e-mail that the person then gets."""
NOT_APPOINTED = {"staff.decline": "decline", "staff.withdraw": "withdraw"}
"""Pages after which the person is what they were, and was told of nothing: the proposer is told."""


def _last_day() -> dict[str, str]:
    last = clock.today().replace(year=clock.today().year + 1, day=28)
    return {
        "until_on-day": "28",
        "until_on-month": str(last.month),
        "until_on-year": str(last.year),
    }


def test_every_act_about_a_person_of_the_fund_tells_that_person(
    app: Flask, session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    acts = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("staff.") and "POST" in (rule.methods or ())
    }
    named = {page for page, _happens, _words in TOLD} | NOT_APPOINTED.keys()
    assert acts | {"signin.loss"} == named, "add the page to TOLD"
    first, second = (
        sign_in_as(staff(session, Role.ADMINISTRATOR, f"{name} Administrator"))
        for name in ("First", "Second")
    )
    world = World(session, first, second)
    for page, happens, words in TOLD:
        letters, rows = _newest(session, Message), _newest(session, TrailRow)
        happens(world)
        fresh = select(Message.text).where(Message.id > letters, Message.recipient == ADA)
        assert words in " ".join(session.scalars(fresh)), f"{page}: {words}"
        assert _newest(session, TrailRow) > rows, f"{page} is not on the trail"
    for page, what in NOT_APPOINTED.items():
        letters = _newest(session, Message)
        world.decides(what)
        fresh = select(Message.recipient).where(Message.id > letters)
        assert FIRST in session.scalars(fresh).all(), page


def test_what_is_saved_unchanged_or_is_ones_own_tells_nobody(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    owner = staff(session, Role.ADMINISTRATOR)
    browser = sign_in_as(owner)
    for languages in ("fr", "fr"):
        page = browser.submit(
            f"/people/{owner.id}/expertise", {"languages": languages}, follow_redirects=True
        )
        assert "Saved." in page.text
    assert session.scalar(select(func.count(Message.id))) == 0
