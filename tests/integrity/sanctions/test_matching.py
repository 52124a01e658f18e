"""A person who is watched is compared with each list, and a person decides on what is found."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.queries import trail_of
from grants.core.database.db import Database
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.integrity.diligence.grantees import Integrity, integrity_of
from grants.integrity.sanctions import matching
from grants.integrity.sanctions.models import SanctionsHit, SanctionsWatch
from grants.integrity.sanctions.queries import count_proposed, hits_of, list_in_force, progress
from grants.integrity.sanctions.screening import Ground, Match, screen
from grants.integrity.sanctions.service import take_list
from grants.integrity.sanctions.workflow import HitState
from tests.factories import a_donor, act_of, member, staff
from tests.integrity.sanctions.deciding import told_apart
from tests.integrity.sanctions.lists import DRAVENKO, FRONT, a_list, entity

BY_SYSTEM = Act.by_system("test")
LATER = "2026-06-01T00:00:00Z"


def _take(session: Session, content: bytes) -> None:
    take_list(session, "list.xml", content, BY_SYSTEM)


def _watched(session: Session, name: str, country: str | None = "AT") -> Organisation:
    organisation = a_donor(session, name, DonorKind.FOUNDATION, country)
    matching.watch(session, organisation, BY_SYSTEM)
    return organisation


def _hit(session: Session, name: str = "Black Meridian Front") -> SanctionsHit:
    (hit,) = hits_of(session, _watched(session, name).id)
    return hit


def _stands(session: Session, hit: SanctionsHit) -> HitState:
    session.refresh(hit)
    return hit.state


def _officer(session: Session, reason: str | None = "Founded by other people.") -> Act:
    return act_of(session, staff(session, Role.PROGRAMME_OFFICER), reason)


@pytest.mark.parametrize(
    ("name", "ground"),
    [
        ("Marek Igor Dravenko", Ground.SPELLING),
        ("DRAVENKO, Marek", Ground.SOUND),
        ("Dravenco Mark", Ground.SPELLING),
        ("Марек Дравенко", Ground.SOUND),
        ("Black Meridian Front for Relief", Ground.PART),
        ("Marék Ígor Drávenkö", Ground.SPELLING),
        ("Meridian Relief Fund Ltd.", Ground.SPELLING),
    ],
)
def test_names_are_found_in_any_script_order_and_spelling(
    session: Session, name: str, ground: Ground
) -> None:
    _take(session, a_list())
    (match,) = screen(session, [name])
    assert match.score >= 85
    assert ground in match.grounds


@pytest.mark.parametrize("name", ["Marta Igorova", "Meridian Hotels", "Relief Works", "", "的"])
def test_others_are_not_found(session: Session, name: str) -> None:
    _take(session, a_list())
    assert screen(session, [name]) == []


def test_where_no_list_was_taken_nobody_is_found(session: Session) -> None:
    assert screen(session, ["Marek Igor Dravenko"]) == []


def test_a_weak_alias_and_another_country_weigh_less(session: Session) -> None:
    _take(session, a_list())
    (weak,) = screen(session, ["The Banker of Zorin"])
    assert (weak.score, Ground.WEAK_ALIAS in weak.grounds) == (95, True)
    (same,) = screen(session, ["Black Meridian Fronts"], "AT")
    (other,) = screen(session, ["Black Meridian Fronts"], "NO")
    assert same.score > other.score
    assert {Ground.SAME_COUNTRY, Ground.OTHER_COUNTRY} == {same.grounds[-1], other.grounds[-1]}


def test_whoever_is_watched_is_compared_at_once_and_with_other_names(session: Session) -> None:
    _take(session, a_list())
    organisation = _watched(session, "Harmless Trust")
    assert hits_of(session, organisation.id) == []
    matching.watch(session, organisation, BY_SYSTEM, ["Marek Igor Dravenko", " "])
    assert [hit.ours for hit in hits_of(session, organisation.id)] == ["Marek Igor Dravenko"]


def test_told_apart_stays_so_until_either_side_changes(session: Session) -> None:
    _take(session, a_list())
    hit = _hit(session)
    told_apart(session, hit)
    watched = session.get_one(SanctionsWatch, hit.organisation_id)
    matching.compare(session, [watched], BY_SYSTEM)
    assert _stands(session, hit) is HitState.DIFFERENT
    _take(session, a_list(LATER, entities=[FRONT.replace("Nowhere", "Graz")]))
    assert matching.compare_batch(session) == 1
    assert _stands(session, hit) is HitState.OPEN
    told_apart(session, hit)
    hit.organisation.country = "NO"
    matching.compare(session, [watched], BY_SYSTEM)
    assert [row.action for row in trail_of(session, "sanctions_hit", hit.id)] == [
        *("create", "propose", "tell_apart", "reopen"),
        *("propose", "tell_apart", "reopen"),
    ]


def test_a_match_is_closed_by_two_people_and_holds_everything_until_then(
    session: Session,
) -> None:
    _take(session, a_list())
    hit = _hit(session)
    first = _officer(session)
    with pytest.raises(Conflict):
        matching.tell_apart(session, hit, first)
    matching.propose(session, hit, first)
    assert integrity_of(session, hit.organisation) is Integrity.POSSIBLE
    with pytest.raises(Forbidden, match="different person"):
        matching.tell_apart(session, hit, first)
    assert session.scalar(count_proposed(first.actor)) == 0
    second = act_of(session, staff(session, Role.FUND_MANAGER), "Founded in 1873.")
    assert session.scalar(count_proposed(second.actor)) == 1
    matching.tell_apart(session, hit, second)
    assert integrity_of(session, hit.organisation) is Integrity.CLEAR


def test_a_proposal_is_void_when_either_side_changes(session: Session) -> None:
    _take(session, a_list())
    hit = _hit(session)
    matching.propose(session, hit, _officer(session))
    hit.organisation.country = "NO"
    matching.compare(session, [session.get_one(SanctionsWatch, hit.organisation_id)], BY_SYSTEM)
    assert _stands(session, hit) is HitState.OPEN


def test_a_match_lapses_when_the_entry_is_delisted_and_opens_when_it_is_back(
    session: Session,
) -> None:
    _take(session, a_list())
    hit = _hit(session)
    _take(session, a_list(LATER, entities=[]))
    matching.compare_batch(session)
    assert _stands(session, hit) is HitState.LAPSED
    _take(session, a_list("2026-07-01T00:00:00Z"))
    matching.compare_batch(session)
    assert _stands(session, hit) is HitState.OPEN


def test_a_decision_needs_a_reason_and_another_person_lifts_it(session: Session) -> None:
    _take(session, a_list())
    hit = _hit(session)
    with pytest.raises(DomainError):
        matching.confirm(session, hit, _officer(session, None))
    matching.confirm(session, hit, _officer(session, "The same address."))
    with pytest.raises(Conflict):
        matching.tell_apart(session, hit, _officer(session))
    with pytest.raises(Forbidden):
        matching.lift(session, hit, _officer(session))
    approver = act_of(session, staff(session, Role.APPROVING_OFFICER), "Two towns of one name.")
    matching.lift(session, hit, approver)
    assert _stands(session, hit) is HitState.DIFFERENT


def test_whoever_acts_for_the_organisation_does_not_decide(session: Session) -> None:
    _take(session, a_list())
    hit = _hit(session)
    person = staff(session, Role.PROGRAMME_OFFICER)
    member(session, hit.organisation, Role.DONOR, person.name)
    with pytest.raises(Forbidden, match="you act for this organisation"):
        matching.propose(session, hit, act_of(session, person, "It is us."))


def test_everybody_is_compared_with_a_new_list_by_the_worker(
    real_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "AT_ONCE", 3)
    with real_database.transaction() as session:
        ids = [_watched(session, f"Quiet Trust {number}").id for number in range(7)]
        _take(session, a_list(entities=[entity(5, "Quiet Trust 4")]))
        newest = list_in_force(session)
        assert newest is not None
        assert progress(session, newest) == (0, 7)
    office = SimpleNamespace(database=real_database)
    context: Any = SimpleNamespace(additional_context={"post_office": office})
    matching.compare_all(context)
    with real_database.session() as session:
        assert progress(session, newest) == (7, 7)
        found = session.scalars(select(SanctionsHit).order_by(SanctionsHit.score.desc())).all()
        assert (found[0].organisation_id, found[0].score) == (ids[4], 100)


def test_a_match_is_remembered_by_both_sides() -> None:
    match = Match(1, 90, "ours", "theirs", (), "theirs as listed")
    prints = {
        matching._fingerprint_of(match, "AT"),
        matching._fingerprint_of(replace(match, ours="other"), "AT"),
        matching._fingerprint_of(replace(match, fingerprint="changed"), "AT"),
        matching._fingerprint_of(match, "NO"),
        matching._fingerprint_of(replace(match, score=95), "NO"),
    }
    assert len(prints) == 4


def test_the_list_in_force_alone_is_compared(session: Session) -> None:
    _take(session, a_list(persons=[DRAVENKO], entities=[]))
    assert screen(session, ["Black Meridian Front"]) == []
    _take(session, a_list(LATER))
    assert len(screen(session, ["Black Meridian Front"])) == 1
