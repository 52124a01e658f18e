"""Few records are written without the unit of work, and as it would write them."""

from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.orm.unitofwork import UOWTransaction

from grants.core.audit import binding
from grants.core.funds.models import Fund, FundPicture, PictureKind
from grants.core.kernel import clock
from grants.core.kernel.plain import flush_plainly
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation, Person
from grants.giving.donors.models import Donor
from tests.factories import a_pledge, an_organisation


@pytest.fixture
def sorted_out(monkeypatch: pytest.MonkeyPatch) -> list[UOWTransaction]:
    """The flushes of which the unit of work has found the order."""
    found: list[UOWTransaction] = []
    own = UOWTransaction.execute

    def execute(work: UOWTransaction) -> Any:
        found.append(work)
        return own(work)

    monkeypatch.setattr(UOWTransaction, "execute", execute)
    return found


def someone(number: int = 1) -> Person:
    return Person(email=f"someone{number}@example.org", name="Someone")


def a_mark_of(fund: Fund) -> FundPicture:
    return FundPicture(fund_id=fund.id, kind=PictureKind.MARK, content=b"png", sha256="0" * 64)


def statements_of(session: Session) -> list[str]:
    said: list[str] = []
    bind = session.connection()
    event.listen(bind, "before_cursor_execute", lambda *told: said.append(told[2]))
    return said


def test_a_changed_and_a_new_record_are_written_as_by_a_flush(
    session: Session, fund: Fund, sorted_out: list[UOWTransaction]
) -> None:
    organisation = an_organisation(session)
    session.flush()
    sorted_out.clear()
    organisation.name, newcomer = "Other name", someone()
    session.add(newcomer)
    flush_plainly(session)
    assert not sorted_out
    assert not session.new
    assert not session.dirty
    assert newcomer.created_at is not None, "what the database fills in is known"
    assert session.get(Person, newcomer.id) is newcomer
    session.expire_all()
    assert (organisation.name, newcomer.name) == ("Other name", "Someone")


def test_the_statements_are_those_of_a_flush(session: Session, fund: Fund) -> None:
    session.add(someone(0))
    session.flush()
    said = statements_of(session)
    session.add(someone(1))
    session.flush()
    session.add(someone(2))
    flush_plainly(session)
    first, second = said
    assert first == second


def test_a_version_that_another_has_changed_is_refused(session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund)
    session.flush()
    version = pledge.version
    pledge.public_name = False
    flush_plainly(session)
    assert pledge.version == version + 1
    session.execute(text("UPDATE pledge SET version = version + 1"))
    pledge.public_name = True
    with pytest.raises(StaleDataError):
        flush_plainly(session)


def test_a_bound_record_is_noted_for_the_trail(session: Session, fund: Fund) -> None:
    binding.forget(session)
    picture = a_mark_of(fund)
    session.add(picture)
    flush_plainly(session)
    (row,) = binding.bind(session)
    assert row.facts["fund_picture"].keys() == {str(picture.id)}


def test_nothing_changed_writes_nothing(session: Session, fund: Fund) -> None:
    said = statements_of(session)
    flush_plainly(session)
    fund.code = str(fund.code)
    flush_plainly(session)
    assert said == []


@pytest.mark.parametrize("what", ["relation", "key", "many", "two changed", "deleted"])
def test_what_may_concern_others_is_left_to_the_unit_of_work(
    what: str, session: Session, fund: Fund, sorted_out: list[UOWTransaction]
) -> None:
    one, other, picture = an_organisation(session), an_organisation(session), a_mark_of(fund)
    session.add(picture)
    session.flush()
    sorted_out.clear()
    if what == "relation":
        giver = Organisation(code="NEW", name="New", kind=DonorKind.NGO, country="KE")
        session.add(Donor(organisation=giver, known_since=clock.now()))
    elif what == "key":
        one.id = 10**6
    elif what == "many":
        session.add_all(someone(number) for number in range(4))
    elif what == "two changed":
        one.name = other.name = "Same"
    else:
        session.delete(picture)
    flush_plainly(session)
    assert sorted_out
    assert not session.new
    assert not session.dirty
