"""What a program may read of its fund, each kind declared once for answers and schema."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, false, select, true
from sqlalchemy.orm import contains_eager

from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.queries import every_deposit
from grants.giving.donors.models import Contact, Donor
from grants.giving.donors.service import card_of
from grants.granting.payments.models import Instalment
from grants.granting.payments.queries import instalments_for
from grants.granting.reporting.models import Report
from grants.granting.reporting.queries import reports_for
from grants.publishing.integration import schemas


@dataclass(frozen=True, slots=True)
class Reading:
    """Rows of a kind, by their number: which this program may see, and what it gets of each."""

    permission: Permission
    title: str
    model: Any
    rows_for: Callable[[Viewer], Select[Any]]
    plain: Callable[[Any], dict[str, Any]]
    schema: schemas.Schema


def _payment(instalment: Instalment) -> dict[str, Any]:
    return {
        "id": instalment.id,
        "grant": instalment.award.reference,
        "organisation": instalment.award.organisation.name,
        "number": instalment.number,
        "amount_usd": str(instalment.amount),
        "pays_in": instalment.pays_in,
        "due_on": instalment.due_on.isoformat(),
        "state": instalment.state.value,
        "paid_on": instalment.paid_on.isoformat() if instalment.paid_on else None,
        "bank_reference": instalment.bank_reference,
    }


def _report(report: Report) -> dict[str, Any]:
    return {
        "id": report.id,
        "grant": report.award.reference,
        "organisation": report.award.organisation.name,
        "number": report.number,
        "kind": report.kind.value,
        "covers_from": report.covers_from.isoformat(),
        "covers_to": report.covers_to.isoformat(),
        "due_on": report.due_on.isoformat(),
        "state": report.state.value,
    }


def _contribution(deposit: Deposit) -> dict[str, Any]:
    pledge, receipt = deposit.pledge, deposit.receipt
    donor = pledge.donor if pledge else None
    return {
        "id": deposit.id,
        "donor": donor.code if donor else None,
        "donor_name": donor.name if donor else None,
        "donor_kind": donor.kind.value if donor else None,
        "pledge": pledge.reference if pledge else None,
        "receipt": receipt.reference if receipt else None,
        "value_on": deposit.value_on.isoformat(),
        "amount": str(deposit.amount),
        "currency": deposit.currency,
        "amount_usd": str(deposit.usd),
        "bank_reference": deposit.bank_reference,
        "reversed_on": deposit.reversed_on.isoformat() if deposit.reversed_on else None,
    }


def _contacts(viewer: Viewer) -> Select[Contact]:
    """Who acts for a donor now: cards of the fund's people, whichever fund a donor gives to."""
    query = select(Contact).join(Contact.donor).join(Donor.organisation)
    loaded = contains_eager(Contact.donor).contains_eager(Donor.organisation)
    may_read = true() if viewer.may(Permission.DONOR_SEE) else false()
    return query.where(Contact.left_on.is_(None), may_read).options(loaded)


def _contact(contact: Contact) -> dict[str, Any]:
    card = card_of(contact)
    return {
        "id": contact.id,
        "donor": contact.donor.organisation.code,
        "name": card.name,
        "function": card.function or None,
        "role": card.role.value,
        "email": card.email or None,
        "phone": card.phone or None,
        "language": card.language,
        "way": card.way.value,
        "takes_appeals": card.takes_appeals,
    }


P = Permission
READINGS = {
    "payments": Reading(
        P.DISBURSEMENT_SEE,
        "Payments to grantees, paid or not",
        Instalment,
        instalments_for,
        _payment,
        schemas.PAYMENT,
    ),
    "reports": Reading(
        P.REPORT_SEE,
        "Reports of grantees and their state",
        Report,
        reports_for,
        _report,
        schemas.REPORT,
    ),
    "contributions": Reading(
        P.CONTRIBUTION_SEE,
        "Contributions with their donors, also those whose donor is not public",
        Deposit,
        every_deposit,
        _contribution,
        schemas.CONTRIBUTION,
    ),
    "contacts": Reading(
        P.DONOR_SEE, "Contacts of donors", Contact, _contacts, _contact, schemas.CONTACT
    ),
}
