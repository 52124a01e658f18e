"""What must hold of bank details on live data; `flask ledger verify` asks it with the rest."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.verify import Check
from grants.core.audit.models import TrailRow
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Organisation
from grants.granting.bank_details.doubts import own_accounts, same_account
from grants.granting.bank_details.models import BankDetails
from grants.granting.bank_details.workflow import APPROVED, DetailsState

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


def accounts_are_of_one_organisation(session: Session) -> Iterator[str]:
    """No account that counts is a fund's own, or of two organisations; what no key reads is told
    elsewhere.
    """
    in_force = session.scalars(
        select(BankDetails)
        .join(BankDetails.organisation)
        .where(BankDetails.state == DetailsState.IN_FORCE, Organisation.merged_into_id.is_(None))
        .order_by(BankDetails.id)
    )
    alike: dict[str, list[BankDetails]] = {}
    for details in in_force:
        if details.is_readable:
            alike.setdefault(details.number[-4:], []).append(details)
    fund_accounts = own_accounts(session)
    for place, details in (pair for many in alike.values() for pair in enumerate(many)):
        if any(same_account(details, account) for account in fund_accounts):
            yield _("Bank details %(number)s are an account of a fund.", number=details.id)
        for other in alike[details.number[-4:]][:place]:
            if other.organisation_id != details.organisation_id and same_account(details, other):
                yield _(
                    "Bank details %(number)s and %(other)s of two organisations are "
                    "the same account.",
                    number=other.id,
                    other=details.id,
                )


CHECKS: list[Check] = [accounts_were_approved_by_two, accounts_are_of_one_organisation]
