"""People hold, propose, confirm, stop and change periods in any order: only what is due goes."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    rule,
)
from sqlalchemy import insert, select

from grants.core.audit.act import Act
from grants.core.audit.queries import trail_of
from grants.core.database.db import Database
from grants.core.kernel import clock
from grants.core.people.models import Person, SignInAttempt
from grants.core.people.permissions import Role
from grants.desk.retention import service
from grants.desk.retention.models import LegalHold, Purge
from grants.desk.retention.models import RetentionClass as Kind
from grants.desk.retention.queries import last_day_kept
from grants.desk.retention.workflow import PurgeState
from grants.platform.documents.models import Opening
from tests.factories import a_person, act_of, staff
from tests.histories import AnyOrder, try_any_order

KINDS = (Kind.SIGN_INS, Kind.ACCESS_LOG)
kinds = st.sampled_from(KINDS)
numbers = st.integers(0, 2)


@dataclass(frozen=True)
class Line:
    """A row that may be purged: of which kind, whose, how old."""

    kind: Kind
    number: int
    person: int
    day: date


class PurgeLife(AnyOrder):
    """What is refused changes nothing; what goes was due, on no hold, and agreed by two."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []
        self.purged: list[Line] = []

    @initialize()
    def begin(self) -> None:
        self.officers = [
            staff(self.session, Role.ADMINISTRATOR),
            staff(self.session, Role.FUND_MANAGER),
            staff(self.session, Role.AUDITOR),
        ]
        self.people = [a_person(self.session, name) for name in ("Ada", "Bo", "Cy")]
        for kind in KINDS:
            for number in range(3):
                self.write(kind, number, 365 * (number + 1) + 30)

    def by(self, number: int) -> Act:
        return act_of(self.session, self.officers[number], "Because.")

    def newest(self, kind: Kind) -> Purge | None:
        query = select(Purge).where(Purge.kind == kind).order_by(Purge.id.desc()).limit(1)
        return self.session.scalar(query)

    def write(self, kind: Kind, whose: int, age: int) -> None:
        person, day = self.people[whose], clock.today() - timedelta(days=age)
        moment = datetime.combine(day, time(12), clock.zone())
        if kind is Kind.SIGN_INS:
            attempt = {"email": person.email.upper(), "address": "x", "at": moment}
            adding = insert(SignInAttempt).values(attempt).returning(SignInAttempt.id)
        else:
            opening = {"opened_at": moment, "person_id": person.id, "name": "a", "address": "/"}
            adding = insert(Opening).values(opening).returning(Opening.id)
        number = self.session.execute(adding).scalar_one()
        self.lines.append(Line(kind, number, person.id, day))

    @rule(kind=kinds, whose=numbers, age=st.integers(0, 4000))
    def write_line(self, kind: Kind, whose: int, age: int) -> None:
        self.write(kind, whose, age)

    @rule(whose=numbers, by=numbers)
    def place_hold(self, whose: int, by: int) -> None:
        person = self.people[whose]
        self.attempt(lambda: service.place_hold(self.session, person, self.by(by)))

    @rule(whose=numbers, by=numbers)
    def lift_hold(self, whose: int, by: int) -> None:
        person: Person = self.people[whose]
        for hold in self.session.scalars(select(LegalHold).where(LegalHold.person_id == person.id)):
            self.attempt(partial(service.lift_hold, self.session, hold, self.by(by)))

    @rule(kind=kinds, years=st.integers(1, 6), by=numbers)
    def set_years(self, kind: Kind, years: int, by: int) -> None:
        self.attempt(lambda: service.set_years(self.session, kind, years, self.by(by)))

    @rule(kind=kinds, by=numbers, later=st.integers(-400, 1))
    def propose(self, kind: Kind, by: int, later: int) -> None:
        before = last_day_kept(self.session, kind) + timedelta(days=later)
        self.attempt(lambda: service.propose(self.session, kind, before, self.by(by)))

    @rule(kind=kinds, by=numbers)
    def confirm(self, kind: Kind, by: int) -> None:
        if purge := self.newest(kind):
            self.attempt(lambda: service.confirm(self.session, purge, self.by(by)))

    @rule(kind=kinds, by=numbers)
    def stop(self, kind: Kind, by: int) -> None:
        if purge := self.newest(kind):
            self.attempt(lambda: service.stop(self.session, purge, self.by(by)))

    @rule(kind=kinds)
    def carry_out(self, kind: Kind) -> None:
        purge = self.newest(kind)
        if purge is None:
            return
        was, system = purge.state, Act.by_system("retention")
        on_hold = set(
            self.session.scalars(select(LegalHold.person_id).where(LegalHold.lifted_at.is_(None)))
        )
        self.attempt(lambda: service.carry_out(self.session, purge, system))
        if was is PurgeState.CONFIRMED and purge.state is PurgeState.DONE:
            before = min(purge.before_on, last_day_kept(self.session, kind))
            due = [
                line
                for line in self.lines
                if line.kind is kind and line.day < before and line.person not in on_hold
            ]
            assert purge.purged == len(due)
            self.lines = [line for line in self.lines if line not in due]
            self.purged += due

    @invariant()
    def only_what_was_due_has_gone(self) -> None:
        for model, kind in ((SignInAttempt, Kind.SIGN_INS), (Opening, Kind.ACCESS_LOG)):
            there = set(self.session.scalars(select(model.id)))
            assert {line.number for line in self.lines if line.kind is kind} <= there
            assert not {line.number for line in self.purged if line.kind is kind} & there

    @invariant()
    def two_people_agreed_on_each(self) -> None:
        for purge in self.session.scalars(select(Purge)):
            who: dict[str, int | None] = {
                row.action: row.person_id for row in trail_of(self.session, "purge", purge.id)
            }
            if purge.state is PurgeState.DONE:
                assert who["confirm"] not in (None, who["create"])
            else:
                assert not purge.rows


@pytest.mark.many
@pytest.mark.timeout(600)
def test_any_order_of_acts_lets_only_go_what_is_due(database: Database) -> None:
    try_any_order(database, PurgeLife, some=12, steps=20)
