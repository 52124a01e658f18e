"""The names that a process keeps are those of the database, and find what reading each finds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz, process
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from grants.banking.bank import senders
from grants.banking.bank.scoring import plain_name
from grants.banking.bank.senders import LIKE_IT, Names, called_like, names_of_donors
from grants.core.funds.models import Fund
from grants.core.kernel.db import Database
from grants.core.kernel.money import Money
from grants.core.people.models import Organisation
from grants.giving.pledges.models import Pledge
from grants.giving.totals.keeping import keep_own
from tests.factories import a_donor, a_pledge

WORDS = st.sampled_from(
    ["Kingdom", "of", "Arcadia", "Arcadian", "Fonds", "Foundation", "Россия", "the", "a", "Utopia"]
)
NAMED = st.lists(
    st.one_of(
        st.lists(WORDS, max_size=5).map(" ".join),
        st.text("abc .-é", max_size=14),
        st.sampled_from(
            ["Ärcadian Foundations", "Foundatino of Arcadia", "Arcadiafonds", "Rossiia"]
        ),
    ),
    max_size=3,
)


@settings(max_examples=300, deadline=None)
@given(
    before=st.dictionaries(st.integers(1, 9), NAMED.map(tuple), max_size=9),
    after=st.dictionaries(st.integers(1, 9), NAMED.map(tuple), max_size=4),
    asked=NAMED,
)
def test_words_find_whom_comparing_every_name_finds(
    before: dict[int, tuple[str, ...]], after: dict[int, tuple[str, ...]], asked: list[str]
) -> None:
    names = Names().and_(before).and_(after)
    every = {
        (donor, at): plain_name(name)
        for donor, written in sorted((before | after).items())
        for at, name in enumerate(written)
    }
    for sender in asked:
        wanted = plain_name(sender)
        alike = process.extract(
            wanted, every, scorer=fuzz.token_set_ratio, score_cutoff=LIKE_IT, limit=None
        )
        same = [
            (donor, fuzz.token_sort_ratio(wanted, name) >= senders.CALLED_SO)
            for name, _score, (donor, _at) in alike
            if len(wanted) >= 3
        ]
        assert list(names.resembling(sender)) == same
        assert list(names.resembling(sender)) == same, "as it is kept"


@pytest.fixture(autouse=True)
def knows_nothing_yet() -> None:
    senders._known.clear()


def as_read(session: Session) -> dict[int, tuple[str, ...]]:
    """The names of those who pledged, read from all of them."""
    rows = session.execute(
        select(Organisation.id, Organisation.name, Organisation.other_names).where(
            Organisation.id.in_(select(Pledge.donor_id))
        )
    )
    return {donor: (name, *others) for donor, name, others in rows}


def donors_at(database: Database) -> tuple[int, int]:
    """A donor who has pledged, and one who has not."""
    with database.transaction() as session:
        first, second = a_donor(session, "Arcadia"), a_donor(session, "Utopia")
        a_pledge(session, session.get_one(Fund, 1), Money(100, "USD"), first)
        assert names_of_donors(session).written == {first.id: ("Arcadia",)}
        return first.id, second.id


def test_a_name_is_known_that_began_before_what_was_read(real_database: Database) -> None:
    first, second = donors_at(real_database)
    with real_database.session() as slow, real_database.session() as quick:
        names = {"name": "Arcady", "other_names": ["Αρκαδία"]}
        slow.execute(update(Organisation).where(Organisation.id == first).values(**names))
        assert names_of_donors(slow).written == as_read(slow), "one’s own names"
        donor = quick.get_one(Organisation, second)
        a_pledge(quick, quick.get_one(Fund, 1), Money(100, "USD"), donor)
        quick.commit()
        with real_database.session() as reader:
            known = names_of_donors(reader).written
            assert known == as_read(reader) == {first: ("Arcadia",), second: ("Utopia",)}
        slow.commit()
    with real_database.session() as reader:
        known = names_of_donors(reader).written
        assert known == as_read(reader)
        assert list(names_of_donors(reader).resembling("ARKADIA")) == [(first, True)]


def test_a_name_that_was_rolled_back_is_not_kept(real_database: Database) -> None:
    donors_at(real_database)
    with real_database.session() as gone:
        gone.execute(update(Organisation).values(name="Gone"))
        assert ("Gone",) in names_of_donors(gone).written.values()
        gone.rollback()
    with real_database.session() as reader:
        assert names_of_donors(reader).written == as_read(reader)
        assert names_of_donors(reader) is names_of_donors(reader), "nothing is read again"


def test_names_restored_from_an_older_server_are_read_once(real_database: Database) -> None:
    first, _second = donors_at(real_database)
    with real_database.transaction() as session:
        session.execute(text("UPDATE organisation SET named_in = 1000000000000 + named_in"))
    with real_database.session() as reader:
        assert names_of_donors(reader).written == as_read(reader) == {first: ("Arcadia",)}
        (kept,) = senders._known.values()
        rows = reader.execute(senders._WRITTEN_SINCE, {"since": kept.since}).all()
        assert [row.id for row in rows] == [None]
    with real_database.transaction() as session:
        session.get_one(Organisation, first).name = "Arcady"
        session.flush()
        assert names_of_donors(session).written == {first: ("Arcady",)}
    with real_database.session() as reader:
        assert names_of_donors(reader).written == {first: ("Arcady",)}


def test_only_names_of_donors_with_open_pledges_count(session: Session, fund: Fund) -> None:
    many = [a_donor(session, f"Arcadia {number}") for number in range(senders.MOST_ALIKE + 9)]
    paid = a_donor(session, "Arcadia")
    for donor in (*many, paid):
        a_pledge(session, fund, Money(100, "USD"), donor)
    keep_own(session)
    owed = "DELETE FROM pledge_owed WHERE donor_id = ANY(:donors)"
    session.execute(text("SET LOCAL session_replication_role = replica"))
    gone = [paid.id, *(donor.id for donor in many[:20])]
    session.execute(text(owed), {"donors": gone})
    found = called_like(session, ["Arcadia", "Utopia", ""])
    assert found["Utopia"] == found[""] == {}
    assert sorted(found["Arcadia"]) == [donor.id for donor in many[20:]]
    assert session.scalar(select(func.count()).select_from(Pledge)) == len(many) + 1
