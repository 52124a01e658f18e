"""Correcting an entry that no other record owns."""

from datetime import date

from sqlalchemy.orm import Session

from grants.books.ledger.models import Entry
from grants.books.ledger.reversal import reverse
from grants.books.periods.owners import FREE, held_by
from grants.core.audit.act import Act
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope


def reverse_entry(session: Session, entry: Entry, booked_on: date, act: Act) -> Entry:
    """Undo interest, a bank charge or a refund to a donor that was booked by itself.

    DomainError for what belongs to a record (a deposit, a grant, a line of the bank), which is
    corrected there, and for a day still to come.
    """
    act.demand(Permission.LEDGER_REVERSE, Scope(fund_id=entry.fund_id))
    require_alone(session, entry)
    if booked_on > clock.today():
        raise DomainError(_("The date of the reversal cannot be in the future."))
    return reverse(session, entry, booked_on, act)


def require_alone(session: Session, entry: Entry) -> None:
    """DomainError unless this entry may be reversed by itself."""
    if not stands_alone(session, entry):
        raise DomainError(
            held_by(session, entry)
            or _("This entry belongs to a record. Correct it on the page of that record.")
        )


def stands_alone(session: Session, entry: Entry) -> bool:
    """May this entry be reversed by itself?"""
    undone = entry.reverses_id is not None or entry.reversed_by is not None
    return entry.event in FREE and not undone and held_by(session, entry) is None
