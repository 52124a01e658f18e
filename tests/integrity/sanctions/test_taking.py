"""A newer list replaces the one before; nothing of a faulty one is taken."""

import threading

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.queries import trail_of
from grants.core.database.db import Database
from grants.core.kernel.errors import Forbidden
from grants.core.people.permissions import Role
from grants.core.texts.tabular import UnreadableTable
from grants.integrity.sanctions.models import SanctionsEntry, SanctionsList
from grants.integrity.sanctions.service import ListUpdate, take_list
from tests.factories import act_of, staff
from tests.integrity.sanctions.lists import DRAVENKO, FRONT, a_list, entity

LATER = "2026-06-01T00:00:00Z"


def _take(session: Session, content: bytes) -> ListUpdate:
    return take_list(session, "list.xml", content, Act.by_system("test"))


def _entries(session: Session) -> dict[str, SanctionsEntry]:
    return {entry.data_id: entry for entry in session.scalars(select(SanctionsEntry))}


def test_the_same_list_twice_is_taken_once(session: Session) -> None:
    first, again = _take(session, a_list()), _take(session, a_list())
    assert (first.new, again.new) == (True, False)
    assert again.list is first.list
    assert (first.list.standing, first.list.added) == (2, 2)
    assert len(trail_of(session, "sanctions_list", first.list.id)) == 1


def test_a_newer_list_adds_changes_and_delists(session: Session) -> None:
    _take(session, a_list(entities=[FRONT, entity(7, "Gone Society")]))
    changed = DRAVENKO.replace("Nobody.", "Nobody at all.")
    taken = _take(session, a_list(LATER, [changed], [FRONT, entity(8, "New Society")])).list
    assert (taken.standing, taken.added, taken.changed, taken.delisted) == (3, 1, 1, 1)
    entries = _entries(session)
    assert entries["7"].delisted_at is not None
    assert entries["6900001"].comments == "Nobody at all."
    assert entries["6900101"].changed_list_id != taken.id


def test_whoever_is_listed_again_is_no_longer_delisted(session: Session) -> None:
    _take(session, a_list())
    _take(session, a_list(LATER, entities=[]))
    assert _entries(session)["6900101"].delisted_at is not None
    _take(session, a_list("2026-07-01T00:00:00Z"))
    assert _entries(session)["6900101"].delisted_at is None


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (a_list("2026-05-01T00:00:00Z"), "older than the list in force"),
        (a_list(entities=[entity(9, "Other")]), "different content"),
        (a_list(LATER, [DRAVENKO, DRAVENKO]), "already appears on line"),
    ],
)
def test_what_is_refused_leaves_the_list_in_force(
    session: Session, content: bytes, fault: str
) -> None:
    _take(session, a_list())
    before = {key: entry.fingerprint for key, entry in _entries(session).items()}
    with pytest.raises(UnreadableTable, match=fault) as refusal:
        _take(session, content)
    assert refusal.value.message.startswith("list.xml:")
    assert {key: entry.fingerprint for key, entry in _entries(session).items()} == before


def test_not_everybody_takes_a_list(session: Session) -> None:
    with pytest.raises(Forbidden):
        take_list(session, "list.xml", a_list(), act_of(session, staff(session, Role.AUDITOR)))


@pytest.mark.parametrize("table", ["sanctions_list", "sanctions_entry"])
def test_the_database_deletes_nobody_from_a_list(session: Session, table: str) -> None:
    _take(session, a_list())
    with pytest.raises(DBAPIError, match="never changed or deleted"):
        session.execute(text(f"DELETE FROM {table}"))


def test_of_two_who_take_the_same_list_at_once_one_does(real_database: Database) -> None:
    results: list[bool] = []

    def take() -> None:
        with real_database.transaction() as session:
            results.append(_take(session, a_list()).new)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, False, False, True]
    with real_database.session() as session:
        assert session.scalar(select(func.count()).select_from(SanctionsList)) == 1
