"""Finding pledges, what came on them, and what is still due."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    cast,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload, with_expression
from sqlalchemy.orm.interfaces import ORMOption

from grants.books.ledger.models import Entry, Posting
from grants.books.ledger.positions import RECEIPTS, RECEIVED_ON
from grants.books.ledger.positions import received as came_on
from grants.core.database.numbering import fits
from grants.core.database.words import speaks_of
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.core.texts.counting import counting
from grants.giving.pledges.models import Pledge, PledgeInstalment
from grants.giving.pledges.schedule import Due, Payment, covered
from grants.giving.pledges.signatures.queries import awaits_fund
from grants.giving.pledges.workflow import STANDING, PledgeState
from grants.platform.casework.queries import is_owned_by


def pledge_by_reference(session: Session, reference: str) -> Pledge:
    """The pledge a payment quotes, however it is typed; Missing says if it looks mistyped."""
    quoted = "".join(reference.split()).upper()
    pledge = session.scalar(select(Pledge).where(Pledge.reference == quoted))
    if pledge is not None:
        return pledge
    if "-" in quoted and not fits(quoted):
        raise Missing(
            _(
                "“%(reference)s” is not correct: the last character does not match. "
                "Check the reference.",
                reference=reference,
            )
        )
    raise Missing(_("Pledge %(reference)s not found.", reference=reference))


def read_again(session: Session, pledge: Pledge) -> None:
    """Bring a pledge up to date, while its fund is locked."""
    session.flush()
    session.refresh(pledge)


def pledge_for_viewer(session: Session, reference: str, viewer: Viewer) -> Pledge:
    """A pledge that this person may know of: its donor's people, and the fund's; else Missing."""
    pledge = session.scalar(
        select(Pledge)
        .where(Pledge.reference == reference, _visible_to(viewer))
        .options(joinedload(Pledge.fund), joinedload(Pledge.donor))
    )
    if pledge is None:
        raise Missing(_("Pledge %(reference)s not found.", reference=reference))
    return pledge


def own_pledge(session: Session, reference: str, viewer: Viewer) -> Pledge:
    """A pledge of a donor this person acts for, or Missing, whatever else they may see."""
    pledge = pledge_for_viewer(session, reference, viewer)
    if pledge.donor_id not in viewer.organisations_with(Permission.PLEDGE_READ):
        raise Missing(_("Pledge %(reference)s not found.", reference=reference))
    return pledge


def _visible_to(viewer: Viewer) -> ColumnElement[bool]:
    donors = viewer.organisations_with(Permission.PLEDGE_READ)
    return or_(of_the_funds(viewer), Pledge.donor_id.in_(donors))


def of_the_funds(viewer: Viewer) -> ColumnElement[bool]:
    """Pledges to the funds this person reads pledges of."""
    return in_funds_with(viewer, Permission.PLEDGE_SEE, Pledge.fund_id)


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which pledges to list; nothing set means all that a person confirmed."""

    text: str = ""
    state: PledgeState | None = None
    fund: str = ""
    kind: DonorKind | None = None
    payable: bool = False
    """Only those on which money may come: pledges in force, and express gifts before their
    transfer.
    """
    returned: bool = False
    """Only those whose donor signed the agreement, online or on paper, and the fund is next."""
    owner: int | None = None
    """Only those that this person owns."""


MOST_NAMED = 2000


def every_pledge(viewer: Viewer, filters: Criteria = Criteria()) -> Select[Pledge]:
    """The pledges that the fund's people see, by the filters alone, with what each has
    received.
    """
    return (
        select(Pledge)
        .where(of_the_funds(viewer), *_conditions_of(filters))
        .options(
            # not the texts of the fund and the profile of the donor for each pledge
            joinedload(Pledge.fund).load_only(Fund.code, Fund.name),
            joinedload(Pledge.donor).load_only(
                Organisation.code, Organisation.name, Organisation.kind, Organisation.country
            ),
            with_received(),
        )
    )


def _conditions_of(filters: Criteria) -> Iterable[ColumnElement[bool]]:
    if filters.owner is not None:
        yield is_owned_by("pledge", Pledge.id, filters.owner)
    if filters.payable:
        yield may_be_paid()
    elif filters.state is None:
        yield Pledge.state != PledgeState.UNCONFIRMED
    else:
        yield Pledge.state == filters.state
    if filters.fund:
        yield Pledge.fund_id == select(Fund.id).where(Fund.code == filters.fund).scalar_subquery()
    if filters.kind is not None:
        yield exists().where(Organisation.id == Pledge.donor_id, Organisation.kind == filters.kind)
    if filters.returned:
        yield Pledge.returned_document_id.is_not(None) | awaits_fund()
        yield Pledge.state != PledgeState.SIGNED


def may_be_paid() -> ColumnElement[bool]:
    """May money come on the pledge of a query: in force, or an express gift that its transfer
    confirms?
    """
    awaited = and_(Pledge.express, Pledge.state == PledgeState.UNCONFIRMED)
    return or_(Pledge.state.in_(STANDING), awaited)


def pledges_of_viewer(session: Session, viewer: Viewer, most: int = 500) -> Sequence[Pledge]:
    """A donor's own pledges, the newest first, with their instalments and what came."""
    donors = viewer.organisations_with(Permission.PLEDGE_READ)
    return session.scalars(
        select(Pledge)
        .where(Pledge.donor_id.in_(donors))
        .order_by(Pledge.id.desc())
        .limit(most)
        .options(
            joinedload(Pledge.fund),
            joinedload(Pledge.donor),
            selectinload(Pledge.instalments),
            with_received(),
        )
    ).all()


def donors_of_viewer(
    session: Session, viewer: Viewer, permission: Permission = Permission.PLEDGE_READ
) -> Sequence[Organisation]:
    """The donors for which this person has a permission."""
    donor_ids = viewer.organisations_with(permission)
    return session.scalars(
        select(Organisation).where(Organisation.id.in_(donor_ids)).order_by(Organisation.name)
    ).all()


def find_donors(session: Session, text: str) -> Sequence[Organisation]:
    """Organisations of that name or code, at most twenty."""
    return session.scalars(
        select(Organisation)
        .where(speaks_of(text, Organisation.name) | (Organisation.code == text.strip().upper()))
        .order_by(func.lower(Organisation.name), Organisation.id)
        .limit(20)
    ).all()


def received_so_far() -> ScalarSelect[int]:
    """What came on a pledge in its currency, bank fees included, by the ledger. A refund does not
    make it less.
    """
    return (
        select(cast(func.coalesce(-func.sum(Posting.amount_minor), 0), BigInteger))
        .join(Entry)
        .where(
            Entry.event.in_(RECEIPTS),
            Posting.account.in_(RECEIVED_ON),
            Posting.subject == func.concat("pledge:", Pledge.id),
            Posting.currency == Pledge.currency,
        )
        .correlate(Pledge)
        .scalar_subquery()
    )


def with_received() -> ORMOption:
    """Loader option: `received_minor` of each pledge in the same query."""
    return with_expression(Pledge.received_minor, received_so_far())


def received_on(session: Session, pledges: Iterable[Pledge]) -> Mapping[int, Money]:
    """What came on each pledge so far, bank fees included, in one query."""
    currency_of = {pledge.id: pledge.currency for pledge in pledges}
    rows = session.execute(select(Pledge.id, received_so_far()).where(Pledge.id.in_(currency_of)))
    return {pledge_id: Money(int(minor), currency_of[pledge_id]) for pledge_id, minor in rows}


def received(session: Session, pledge: Pledge) -> Money:
    """What came on a pledge so far, bank fees included."""
    return came_on(session, pledge.fund_id, pledge.subject, pledge.currency)


def outstanding(pledge: Pledge, came: Money) -> Money:
    """What is still to come of the amount in force of a pledge; nothing if it is not in force, or
    if it is overpaid. An express gift is awaited before it is confirmed.
    """
    state = PledgeState.PLEDGED if pledge.awaits_transfer else pledge.state
    return left_of(state, pledge.standing, came)


def is_paid(pledge: Pledge, came: Money) -> bool:
    """Has something come of a pledge, and is nothing more to come?"""
    return bool(came) and not outstanding(pledge, came)


def left_of(state: PledgeState, promised: Money, came: Money) -> Money:
    """What is outstanding, from what still holds of a promise and what came of it."""
    balance = promised - came
    return balance if state in STANDING and balance.minor > 0 else Money(0, promised.currency)


def due_dates(session: Session, pledges: Iterable[Pledge]) -> Mapping[int, list[Payment]]:
    """The promised payments of each pledge with what is left of each, in two queries."""
    listed = list(pledges)
    came = received_on(session, listed)
    dues: dict[int, list[Due]] = {pledge.id: [] for pledge in listed}
    for part in session.scalars(
        select(PledgeInstalment)
        .join(PledgeInstalment.pledge)
        .where(Pledge.id.in_(dues), PledgeInstalment.revision == Pledge.revision)
        .order_by(PledgeInstalment.pledge_id, PledgeInstalment.number)
        .options(contains_eager(PledgeInstalment.pledge))
    ):
        dues[part.pledge_id].append(Due(part.due_on, part.amount))
    return {pledge_id: covered(parts, came[pledge_id]) for pledge_id, parts in dues.items()}


def count_in_state(viewer: Viewer, *states: PledgeState) -> Select[int]:
    """How many pledges are in these states: what waits for a person."""
    return counting(select(Pledge).where(of_the_funds(viewer), Pledge.state.in_(states)))
