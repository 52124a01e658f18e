"""What must hold of bank details on live data; `flask ledger verify` asks it with the rest."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.verify import Check
from grants.core.audit.models import TrailRow
from grants.core.kernel.language import gettext as _
from grants.granting.bank_details.models import BankDetails
from grants.granting.bank_details.workflow import APPROVED

TRIGGERS = {"bank_details_kept": "bank_details"}
"""The database's own rule: what was stated never changes."""


def accounts_were_approved_by_two(session: Session) -> Iterator[str]:
    """An account that counts was stated, checked and approved by three different people."""
    about = TrailRow.subject_id == BankDetails.id
    rows = session.execute(
        select(BankDetails.id, TrailRow.action, TrailRow.person_id)
        .join(TrailRow, about & (TrailRow.subject == BankDetails.__tablename__))
        .where(TrailRow.action.in_(("create", "check", "approve")))
    ).all()
    took: dict[int, dict[str, int | None]] = {}
    for details_id, action, person_id in rows:
        took.setdefault(details_id, {})[action] = person_id
    counts = select(BankDetails.id).where(BankDetails.state.in_(APPROVED))
    for details_id in session.scalars(counts.order_by(BankDetails.id)):
        people = took.get(details_id, {})
        if len({people.get(action) for action in ("create", "check", "approve")} - {None}) < 3:
            yield _(
                "Bank details %(number)s were not stated, checked and approved by three people.",
                number=details_id,
            )


CHECKS: list[Check] = [accounts_were_approved_by_two]
