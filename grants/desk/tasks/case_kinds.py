"""The kinds of record that have an owner, remarks and followers, and whom each is closed to."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Select, func, literal, null, select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.banking.bank.models import BankLine
from grants.core.funds.models import BankAccount
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope, Viewer
from grants.deciding.awards.models import Award
from grants.deciding.interests.models import Interest
from grants.deciding.reviews.models import Review
from grants.giving.donors.models import Donor
from grants.giving.pledges.models import Pledge
from grants.platform.casework.cases import Case, CaseKind
from grants.platform.casework.queries import inbox, owned_cases
from grants.platform.trail.records import PAGES
from grants.platform.web.database import session
from grants.platform.web.unchanged import while_nothing_is_written

SHOWN = 8
"""Of the cases that a person owns; their own page has all of them."""
ORGANISATION = ("organisations.show", "code", "code")
DONOR = ("donors.show", "code", "code")
"""The pages that the trail does not lead to."""


def _closed_to(model: Any, application_id: Any) -> Any:
    """Who has declared a conflict of interest on an application, or was asked to review it."""
    conflicts = select(Interest.trustee_id).where(
        Interest.conflict, Interest.application_id == application_id
    )
    reviews = select(Review.reviewer_id).where(Review.application_id == application_id)
    both = conflicts.correlate(model).union(reviews.correlate(model))
    return func.array(both.scalar_subquery())


_ORGANISATIONS = select(
    Organisation.id,
    Organisation.code,
    Organisation.name,
    Organisation.code,
    null(),
    Organisation.id,
    null(),
)
RECORDS: Mapping[str, Select[*tuple[Any, ...]]] = {
    "application": select(
        Application.id,
        Application.reference,
        Application.title,
        Application.reference,
        Application.fund_id,
        Application.organisation_id,
        _closed_to(Application, Application.id),
    ).where(Application.submitted_at.is_not(None)),
    "award": select(
        Award.id,
        Award.reference,
        Award.title,
        Award.reference,
        Award.fund_id,
        Award.organisation_id,
        _closed_to(Award, Award.application_id),
    ),
    "pledge": select(
        Pledge.id,
        Pledge.reference,
        func.coalesce(Organisation.name, Pledge.promise["name"].astext, ""),
        Pledge.reference,
        Pledge.fund_id,
        Pledge.donor_id,
        null(),
    ).outerjoin(Organisation, Organisation.id == Pledge.donor_id),
    "donor": _ORGANISATIONS.join(Donor, Donor.organisation_id == Organisation.id),
    "organisation": _ORGANISATIONS,
    "bank_line": select(
        BankLine.id,
        func.coalesce(func.nullif(BankLine.bank_reference, ""), literal("–")),
        BankLine.counterparty,
        BankLine.id,
        BankAccount.fund_id,
        null(),
        null(),
    ).join(BankAccount, BankAccount.id == BankLine.bank_account_id),
}
"""Of each kind: number, reference, title, what its address names, fund, organisation, and whom it
is closed to.
"""


def find_cases(opened: Session, kind: CaseKind, numbers: Collection[int]) -> Iterator[Case]:
    """The cases of a kind with these numbers, for anybody."""
    query = RECORDS[kind.name]
    rows = opened.execute(query.where(query.selected_columns[0].in_(numbers))).all()
    endpoint, argument, _column = {
        **PAGES,
        "organisation": ORGANISATION,
        "donor": DONOR,
    }[kind.name]
    for number, reference, title, key, fund_id, organisation_id, closed in rows:
        yield Case(
            kind,
            number,
            reference,
            title,
            endpoint,
            {argument: key},
            Scope(fund_id, organisation_id) if fund_id else None,
            organisation_id,
            frozenset(closed or ()),
        )


P = Permission
KINDS = tuple(
    CaseKind(name, label, permission, find_cases)
    for name, label, permission in (
        ("application", _l("Application"), P.APPLICATION_SEE),
        ("award", _l("Grant"), P.AWARD_SEE),
        ("pledge", _l("Pledge"), P.PLEDGE_SEE),
        ("donor", _l("Donor"), P.DONOR_SEE),
        ("organisation", _l("Organisation"), P.ORGANISATION_SEE),
        ("bank_line", _l("Bank line"), P.BANK_SEE),
    )
)


def casework_of(person: Viewer) -> dict[str, Any]:
    """For the start page: the newest cases that a person owns, and how much is unread."""
    if not person.may(P.CASEWORK_WRITE):
        return {"owned": (), "unread": 0}
    return while_nothing_is_written(("casework", person), lambda: _read_casework(person))


def _read_casework(person: Viewer) -> dict[str, Any]:
    unread = sum(event.unread for event in inbox(session(), person))
    return {"owned": owned_cases(session(), person, SHOWN), "unread": unread}
