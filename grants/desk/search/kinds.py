"""What can be found, kind by kind: each by the search of its own list, for who sees that list.

Access is not decided here. A kind asks the query of its room, which holds only what this person may
open: applications barred by an interest or a conflict of interest are in none of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, aliased

from grants.applying.applications import finding
from grants.applying.applications.models import Application
from grants.applying.applications.queries import open_to
from grants.applying.calls.models import Call
from grants.applying.calls.queries import calls_of_staff
from grants.applying.organisations.queries import organisations_of_staff
from grants.banking.bank import queries as bank
from grants.banking.bank.models import BankLine
from grants.core.kernel.formats import plain_day, plain_money
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.words import speaks_of
from grants.core.people.models import Membership, Organisation, Person
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.deciding.awards import queries as awards
from grants.deciding.awards.models import Award
from grants.deciding.dossiers.queries import readable
from grants.deciding.reviews.models import Review
from grants.deciding.reviews.queries import own_reviews
from grants.deciding.reviews.workflow import OPENED
from grants.giving.contributions import queries as contributions
from grants.giving.contributions.models import Deposit
from grants.giving.donors import queries as donors
from grants.giving.donors.models import Donor
from grants.giving.pledges import queries as pledges
from grants.giving.pledges.models import Pledge
from grants.platform.staff.queries import memberships_for

Find = Callable[[Session, Viewer, str], Select[Any]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record: who looks for it, how, and what is shown of what was found."""

    text: str
    permission: Permission
    find: Find
    key: Any
    """The number by which what is found is ordered, the latest first."""
    column: Any
    """Where the reference stands."""
    reference: Callable[[Any], str]
    name: Callable[[Any], str]
    page: Callable[[Any], str]
    listed: Callable[[str], str] | None = None
    """The address of the list with everything found."""
    note: Callable[[Any], str] = field(default=lambda _one: "")


def _applications(session: Session, viewer: Viewer, text: str) -> Select[Any]:
    return finding.applications_for_staff(session, viewer, finding.Wanted(text=text))


def _dossiers(session: Session, viewer: Viewer, text: str) -> Select[Any]:
    condition, values = finding.fits(session, text)
    return readable(viewer).where(condition).params(values)


def _reviews(session: Session, viewer: Viewer, text: str) -> Select[Any]:
    """Those whose application this reviewer may open: no conflict of interest, declared so. In a
    blind call by their number alone: what is found by a name would tell whose it is.
    """
    blind = select(Call.id).where(Call.blind).correlate(None)
    condition, values = finding.fits(session, text)
    known = open_to(viewer) & condition
    mine = aliased(Review)
    own_ones = select(mine.application_id).where(mine.reviewer_id == viewer.person_id)
    few = Application.id.in_(own_ones)  # a common word is looked for in these alone
    wanted = select(Application.id).where(few, known, Application.call_id.not_in(blind))
    number = Application.reference.istartswith(text.strip(), autoescape=True)
    numbered = Application.call_id.in_(blind) & number
    own = own_reviews(viewer).where(Review.state.in_(OPENED))
    found = or_(Review.application_id.in_(wanted.correlate(None)), numbered)
    return own.where(found).params(values)


def _calls(_session: Session, viewer: Viewer, text: str) -> Select[Any]:
    title = Call.title["en"].as_string()
    begins = Call.reference.istartswith(text, autoescape=True)
    return calls_of_staff(viewer).where(or_(begins, speaks_of(text, title)))


def _people(_session: Session, viewer: Viewer, text: str) -> Select[Any]:
    begins = Person.email.istartswith(text, autoescape=True)
    return memberships_for(viewer, ended=False).where(or_(speaks_of(text, Person.name), begins))


KINDS: Sequence[Kind] = (
    Kind(
        _l("Applications"),
        Permission.APPLICATION_SEE,
        _applications,
        Application.id,
        Application.reference,
        lambda a: a.reference,
        lambda a: a.organisation.name,
        lambda a: url_for("applications.show", reference=a.reference),
        lambda text: url_for("applications.index", q=text),
        lambda a: a.title,
    ),
    Kind(
        _l("Applications before the Board"),
        Permission.BOARD_SIT,
        _dossiers,
        Application.id,
        Application.reference,
        lambda a: a.reference,
        lambda a: a.organisation.name,
        lambda a: url_for("dossiers.show", reference=a.reference),
        note=lambda a: a.title,
    ),
    Kind(
        _l("My reviews"),
        Permission.REVIEW_WRITE,
        _reviews,
        Review.id,
        Application.reference,
        lambda r: r.application.reference,
        lambda r: r.application.call.name if r.application.call.blind else r.application.title,
        lambda r: url_for("reviews.show", reference=r.application.reference),
    ),
    Kind(
        _l("Awards"),
        Permission.AWARD_SEE,
        lambda _session, viewer, text: awards.listed(viewer, awards.Wanted(text=text)),
        Award.id,
        Award.reference,
        lambda a: a.reference,
        lambda a: a.organisation.name,
        lambda a: url_for("awards.show", reference=a.reference),
        lambda text: url_for("awards.index", q=text),
    ),
    Kind(
        _l("Pledges"),
        Permission.PLEDGE_SEE,
        lambda session, viewer, text: pledges.pledges_for_viewer(
            session, viewer, pledges.Wanted(text=text)
        ),
        Pledge.id,
        Pledge.reference,
        lambda p: p.reference,
        lambda p: p.donor.name if p.donor else "",
        lambda p: url_for("pledges.show", reference=p.reference),
        lambda text: url_for("pledges.index", q=text),
    ),
    Kind(
        _l("Contributions"),
        Permission.CONTRIBUTION_SEE,
        lambda session, viewer, text: contributions.deposits_for_viewer(
            session, viewer, contributions.Wanted(text=text)
        ),
        Deposit.id,
        Deposit.bank_reference,
        lambda d: d.bank_reference,
        lambda d: d.pledge.donor.name if d.pledge and d.pledge.donor else "",
        lambda d: url_for("contributions.show", deposit_id=d.id),
        lambda text: url_for("contributions.index", q=text),
    ),
    Kind(
        _l("Bank statement lines"),
        Permission.BANK_SEE,
        lambda session, viewer, text: bank.lines_wanted(session, viewer, bank.Wanted(text=text)),
        BankLine.id,
        BankLine.bank_reference,
        lambda line: line.reference,
        lambda line: line.counterparty or line.text[:60] or line.code,
        lambda line: url_for("bank.show", line_id=line.id),
        lambda text: url_for("bank.index", q=text),
        lambda line: f"{plain_money(line.amount)} · {plain_day(line.value_on)}",
    ),
    Kind(
        _l("Donors"),
        Permission.DONOR_SEE,
        lambda _session, _viewer, text: donors.listed_donors(donors.Wanted(text=text)),
        Donor.organisation_id,
        Organisation.code,
        lambda d: d.organisation.code,
        lambda d: d.organisation.name,
        lambda d: url_for("donors.show", code=d.organisation.code),
        lambda text: url_for("donors.index", q=text),
    ),
    Kind(
        _l("Organisations"),
        Permission.ORGANISATION_SEE,
        lambda _session, viewer, text: organisations_of_staff(viewer, text, ""),
        Organisation.id,
        Organisation.code,
        lambda o: o.code,
        lambda o: o.name,
        lambda o: url_for("organisations.show", code=o.code),
        lambda text: url_for("organisations.every", q=text),
    ),
    Kind(
        _l("Calls for proposals"),
        Permission.CALL_SEE,
        _calls,
        Call.id,
        Call.reference,
        lambda c: c.reference,
        lambda c: c.name,
        lambda c: url_for("calls.show", reference=c.reference),
    ),
    Kind(
        _l("People"),
        Permission.PEOPLE_INVITE,
        _people,
        Membership.id,
        Person.email,
        lambda m: m.person.email,
        lambda m: m.person.name,
        lambda m: url_for("staff.show", number=m.person_id),
        note=lambda m: str(m.role.label),
    ),
)
