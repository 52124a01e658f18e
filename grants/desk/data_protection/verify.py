"""Checks of `flask ledger verify` on persons whose data were erased."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.verify import Check
from grants.core.database.personal import Personal, declared
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Person
from grants.desk.data_protection.erasing import is_erased
from grants.desk.data_protection.models import ErasureRequest
from grants.desk.data_protection.own_data import counts_about, table_of, tables_about
from grants.desk.data_protection.workflow import ErasureState

TRIGGERS: dict[str, str] = {}


def erased_persons_stay_erased(session: Session) -> Iterator[str]:
    """A person whose data were erased has no name, and nothing that lets them in."""
    entries = {
        table_of(mapper).name
        for mapper in tables_about()
        if Personal.ENTRY in declared(mapper).values()
    }
    query = select(Person).join(ErasureRequest, ErasureRequest.person_id == Person.id)
    erased = query.where(ErasureRequest.state == ErasureState.ERASED).order_by(Person.id)
    for person in session.scalars(erased):
        if not is_erased(person) or person.password_hash:
            yield _(
                "The data of person %(number)s should have been erased, but are still there.",
                number=person.id,
            )
        for name in sorted(entries & counts_about(session, person).keys()):
            yield _(
                "%(table)s still gives access to person %(number)s, whose data have been erased.",
                table=name,
                number=person.id,
            )


CHECKS: list[Check] = [erased_persons_stay_erased]
