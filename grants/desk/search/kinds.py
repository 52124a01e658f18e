"""What can be found, kind by kind: each by the search of its own list, for who sees that list.

Access is not decided here. A kind asks the query of its room, which holds only what this person may
open: applications barred by an interest or a conflict of interest are in none of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import aliased

from grants.applying.application_search.finding import Criteria, listed
from grants.applying.applications.models import Application
from grants.applying.applications.queries import open_to
from grants.applying.applications.workflow import APPLICATION, ApplicationState
from grants.applying.calls import queries as calls
from grants.applying.calls.models import Call
from grants.applying.organisations import queries as organisations
from grants.banking.bank import queries as bank
from grants.banking.bank.models import BankLine, BankStatement, reference_of
from grants.core.database.typed import Typed
from grants.core.database.words import Naming
from grants.core.funds.models import BankAccount
from grants.core.kernel.language import in_language
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.money import Money, usd
from grants.core.people.models import Membership, Organisation, Person
from grants.core.people.permissions import Permission, Role
from grants.core.people.viewer import Viewer
from grants.core.texts.formats import plain_day, plain_money, whole_money
from grants.deciding.awards import queries as awards
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AWARD, AwardState
from grants.deciding.dossiers.queries import readable
from grants.deciding.reviews.models import Review
from grants.deciding.reviews.queries import own_reviews
from grants.deciding.reviews.workflow import OPENED
from grants.giving.contributions import queries as contributions
from grants.giving.contributions.models import Deposit
from grants.giving.donors import queries as donors
from grants.giving.donors.models import Donor
from grants.giving.pledges.finding import fitting as pledges_fitting
from grants.giving.pledges.finding import naming as pledges_naming
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import every_pledge
from grants.giving.pledges.workflow import PLEDGE, PledgeState
from grants.platform.staff.queries import memberships_for


@dataclass(frozen=True, slots=True)
class SearchQuestion:
    """Who looks, and for what; a question gets the text, and what was found before, as values."""

    viewer: Viewer
    text: Typed
    called: Select[int]
    """The organisations of that name."""
    applications: ColumnElement[bool]
    """The condition for applications of that number or name."""
    named: Mapping[str, Select[int] | None]
    """What kinds have named beforehand; None where there was too much."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record: who looks for it, how, and what is shown of what was found."""

    name: str
    text: str
    permission: Permission
    find: Callable[[SearchQuestion], Select[Any]]
    key: Any
    """The number by which what is found is ordered, the latest first."""
    facts: tuple[Any, ...]
    """What is read of a record: the column of its reference, and what else is shown."""
    shown: Callable[..., str]
    """What it is called, by its facts."""
    page: Callable[..., str]
    note: Callable[..., str] = field(default=lambda *_facts: "")
    reference: Callable[..., str] = field(default=lambda number, *_facts: str(number))
    join: Callable[[Select[Any]], Select[Any]] = field(default=lambda query: query)
    """Adds to the query what the facts are of, where it is not there."""
    listed: Callable[[str], str] | None = None
    """The address of the list with everything found."""
    naming: Callable[[Typed, Select[int]], Naming] | None = None
    """What it asks beforehand of a text, and the organisations of that name."""
    coded: bool = False
    """Its reference is a code for addresses, which nobody reads."""
    by_applications: bool = False
    """It is found by what applications are called."""

    def reference_is(self, text: Typed) -> ColumnElement[bool]:
        """Whether the whole text is the reference of a record."""
        same: ColumnElement[bool] = self.facts[0].in_((text.typed, text.capitals))
        return same


def _find_reviews(search: SearchQuestion) -> Select[Any]:
    """Reviews whose application this reviewer may open: no conflict of interest, declared so. In
    a blind call by their number alone: what is found by a name would tell whose it is.
    """
    blind = select(Call.id).where(Call.blind).correlate(None)
    is_open = open_to(search.viewer) & search.applications
    review = aliased(Review)
    own_ones = select(review.application_id).where(review.reviewer_id == search.viewer.person_id)
    few = Application.id.in_(own_ones)  # a common word is looked for in these alone
    application_ids = select(Application.id).where(few, is_open, Application.call_id.not_in(blind))
    numbered = Application.call_id.in_(blind) & search.text.starts(Application.reference)
    own_open = own_reviews(search.viewer).where(Review.state.in_(OPENED))
    return own_open.where(or_(Review.application_id.in_(application_ids.correlate(None)), numbered))


def _find_awards(search: SearchQuestion) -> Select[Any]:
    every = awards.listed(search.viewer, awards.Criteria())
    return every.where(awards.fitting(search.text, search.called))


def _find_donors(search: SearchQuestion) -> Select[Any]:
    return donors.donors().where(donors.fitting(search.text, search.called))


def _find_organisations(search: SearchQuestion) -> Select[Any]:
    return organisations.organisations_fitting(search.viewer, search.text, search.called)


def _find_calls(search: SearchQuestion) -> Select[Any]:
    return calls.calls_of_staff(search.viewer).where(calls.fitting(search.text))


def _find_people(search: SearchQuestion) -> Select[Any]:
    fits = search.text.is_in(Person.name) | search.text.starts(Person.email)
    return memberships_for(search.viewer, ended=False).where(fits)


def _find_pledges(search: SearchQuestion) -> Select[Any]:
    fits = pledges_fitting(search.text, search.called, search.named["pledges"])
    return every_pledge(search.viewer).where(fits)


def _find_deposits(search: SearchQuestion) -> Select[Any]:
    fits = contributions.fitting(search.text, search.named["contributions"])
    return contributions.every_deposit(search.viewer).where(fits)


def _find_lines(search: SearchQuestion) -> Select[Any]:
    fits = bank.fitting(search.text, search.named["bank"])
    return bank.lines_for_viewer(search.viewer).where(fits)


def _with_pledge(query: Select[Any]) -> Select[Any]:
    return query.outerjoin(Deposit.pledge).outerjoin(Pledge.donor)


def _line_text(_number: str, counterparty: str, text: str, code: str, *_facts: Any) -> str:
    return counterparty or text[:60] or code


def _credited_text(*facts: Any) -> str:
    amount, currency, day = facts[4:7]
    return f"{plain_money(Money(amount, currency))} · {plain_day(date.fromisoformat(day))}"


def _in_short(state: object, amount: Money | None, day: str | None) -> str:
    """State, sum and year of a record."""
    return " · ".join(
        part
        for part in (str(state), whole_money(amount) if amount else "", (day or "")[:4])
        if part
    )


def _application_note(
    _number: str, _name: str, title: str, state: str, minor: int | None, day: str | None
) -> str:
    amount = usd(minor) if minor else None
    short = _in_short(APPLICATION.names[ApplicationState(state)].staff, amount, day)
    return f"{title} · {short}"


_APPLICATION = (
    *(Application.reference, Organisation.name, Application.title),
    *(Application.state, Application.requested_minor, Application.submitted_at),
)

KINDS: Sequence[Kind] = (
    Kind(
        "applications",
        _l("Applications"),
        Permission.APPLICATION_SEE,
        lambda asked: listed(asked.viewer, Criteria()).where(asked.applications),
        Application.id,
        _APPLICATION,
        lambda _number, name, *_facts: name,
        lambda number, *_facts: url_for("applications.show", reference=number),
        _application_note,
        listed=lambda text: url_for("applications.index", q=text, state=""),
        by_applications=True,
    ),
    Kind(
        "dossiers",
        _l("Applications before the Board"),
        Permission.BOARD_SIT,
        lambda asked: readable(asked.viewer).where(asked.applications),
        Application.id,
        _APPLICATION,
        lambda _number, name, *_facts: name,
        lambda number, *_facts: url_for("dossiers.show", reference=number),
        _application_note,
        by_applications=True,
    ),
    Kind(
        "reviews",
        _l("My reviews"),
        Permission.REVIEW_WRITE,
        _find_reviews,
        Review.id,
        (Application.reference, Application.title, Call.blind, Call.title),
        lambda _number, title, blind, call: in_language(call) if blind else title,
        lambda number, *_facts: url_for("reviews.show", reference=number),
        join=lambda query: query.join(Application.call),
        by_applications=True,
    ),
    Kind(
        "awards",
        _l("Awards"),
        Permission.AWARD_SEE,
        _find_awards,
        Award.id,
        (Award.reference, Organisation.name, Award.state, Award.amount_minor, Award.approved_on),
        lambda _number, name, *_facts: name,
        lambda number, *_facts: url_for("awards.show", reference=number),
        lambda _number, _name, state, minor, day: _in_short(
            AWARD.names[AwardState(state)].staff, usd(minor), day
        ),
        listed=lambda text: url_for("awards.index", q=text, state=""),
    ),
    Kind(
        "pledges",
        _l("Pledges"),
        Permission.PLEDGE_SEE,
        _find_pledges,
        Pledge.id,
        (
            *(Pledge.reference, Organisation.name, Pledge.state),
            *(Pledge.amount_minor, Pledge.currency, Pledge.pledged_on),
        ),
        lambda _number, name, *_facts: name or "",
        lambda number, *_facts: url_for("pledges.show", reference=number),
        lambda _number, _name, state, minor, currency, day: _in_short(
            PLEDGE.names[PledgeState(state)].staff, Money(minor, currency), day
        ),
        join=lambda query: query.outerjoin(Pledge.donor),
        listed=lambda text: url_for("pledges.index", q=text),
        naming=lambda _text, called: pledges_naming(called),
    ),
    Kind(
        "contributions",
        _l("Contributions"),
        Permission.CONTRIBUTION_SEE,
        _find_deposits,
        Deposit.id,
        (Deposit.bank_reference, Organisation.name, Deposit.id),
        lambda _number, name, _id: name or "",
        lambda _number, _name, deposit_id: url_for("contributions.show", deposit_id=deposit_id),
        join=_with_pledge,
        listed=lambda text: url_for("contributions.index", q=text),
        naming=lambda text, _called: contributions.naming(text),
    ),
    Kind(
        "bank",
        _l("Bank statement lines"),
        Permission.BANK_SEE,
        _find_lines,
        BankLine.id,
        (
            *(BankLine.bank_reference, BankLine.counterparty, BankLine.text, BankLine.code),
            *(BankLine.amount_minor, BankLine.currency, BankLine.value_on, BankLine.id),
            *(BankAccount.code, BankStatement.reference, BankLine.number),
        ),
        _line_text,
        lambda *facts: url_for("bank.show", line_id=facts[7]),
        _credited_text,
        lambda number, *facts: reference_of(number, *facts[-3:]),
        join=lambda query: query.join(BankLine.statement),
        listed=lambda text: url_for("bank.index", q=text, state=""),
        naming=lambda text, _called: bank.naming(text),
    ),
    Kind(
        "donors",
        _l("Donors"),
        Permission.DONOR_SEE,
        _find_donors,
        Donor.organisation_id,
        (Organisation.code, Organisation.name),
        lambda _code, name: name,
        lambda code, _name: url_for("donors.show", code=code),
        listed=lambda text: url_for("donors.index", q=text),
        coded=True,
    ),
    Kind(
        "organisations",
        _l("Organisations"),
        Permission.ORGANISATION_SEE,
        _find_organisations,
        Organisation.id,
        (Organisation.code, Organisation.name),
        lambda _code, name: name,
        lambda code, _name: url_for("organisations.show", code=code),
        listed=lambda text: url_for("organisations.every", q=text),
        coded=True,
    ),
    Kind(
        "calls",
        _l("Calls for proposals"),
        Permission.CALL_SEE,
        _find_calls,
        Call.id,
        (Call.reference, Call.title),
        lambda _number, title: in_language(title),
        lambda number, _title: url_for("calls.show", reference=number),
    ),
    Kind(
        "people",
        _p("staff", "People"),
        Permission.PEOPLE_INVITE,
        _find_people,
        Membership.id,
        (Person.email, Person.name, Person.id, Membership.role),
        lambda _email, name, _id, _role: name,
        lambda _email, _name, number, _role: url_for("staff.show", number=number),
        lambda _email, _name, _id, role: str(Role(role).label),
    ),
)
