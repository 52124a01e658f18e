"""Overriding the rule: a person chooses the contribution that a grant takes from first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from grants.books.ledger.accounts import Account
from grants.books.ledger.positions import position
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.funds.queries import lock
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, usd
from grants.core.people.permissions import Permission
from grants.deciding.awards.models import Award
from grants.giving.pledges.models import Pledge
from grants.granting.earmarks.holdings import Holding, holdings, purpose_of, shares_of
from grants.granting.earmarks.models import EarmarkChoice, Stage
from grants.granting.earmarks.rule import Source, shift
from grants.granting.earmarks.service import require_free, write_moves


@dataclass(frozen=True, slots=True)
class Offered:
    """A contribution that a grant may take from, with what it may take."""

    pledge: Pledge
    usable: Money


def offered_to(session: Session, award: Award) -> list[Offered]:
    """The contributions that fit a grant and of which something is left for it; the narrowest
    first.
    """
    sources = sorted(_sources(session, award), key=lambda source: source.order)
    idle = {source.pledge_id: source.idle for source in sources if source.idle}
    query = select(Pledge).where(Pledge.id.in_(idle)).options(joinedload(Pledge.donor))
    pledges = {pledge.id: pledge for pledge in session.scalars(query)}
    return [Offered(pledges[number], usd(cents)) for number, cents in idle.items()]


def taken_by(session: Session, award: Award) -> list[tuple[Pledge, Money]]:
    """What is reserved of each earmarked contribution for a grant."""
    shares = shares_of(session, award.id).get(Stage.RESERVED, {})
    return [(session.get_one(Pledge, number), usd(cents)) for number, cents in shares.items()]


def require_choosable(_session: Session, award: Award, _act: Act) -> None:
    """Refused once the agreement is signed, or the award has ended."""
    if not award.awaits_agreement:
        raise Conflict(_("The agreement has been signed, or the award has ended."))


def take_first(session: Session, award: Award, pledge_id: int, act: Act) -> None:
    """A grant takes from this contribution first, then by the rule: at once, and when it is signed.

    For a reason, until the signature. DomainError unless the contribution fits.
    """
    lock(session, award.fund_id)
    session.refresh(award)
    act.demand(Permission.AGREEMENT_SIGN, award.scope)
    require_choosable(session, award, act)
    if not (act.reason or "").strip():
        raise DomainError(_("Enter a reason. It will be kept on record."))
    if pledge_id not in {one.pledge.id for one in offered_to(session, award)}:
        raise DomainError(_("Choose a contribution that fits this grant."))
    session.add(
        EarmarkChoice(
            award_id=award.id, pledge_id=pledge_id, reason=act.reason or "", chosen_at=act.at
        )
    )
    session.flush()
    _take_again(session, award, pledge_id)
    pledge = session.get_one(Pledge, pledge_id)
    record(session, award, "choose_earmark", act, pledge=pledge.reference)


def _take_again(session: Session, award: Award, first: int) -> None:
    """The reservation of the grant is taken once more, from this contribution first."""
    reserved = position(session, award.fund_id, Account.RESERVED, award.account).amount.minor
    sources = [source.chosen(first) for source in _sources(session, award)]
    shifted = shift({}, {}, {Stage.RESERVED: reserved}, sources)
    for number, cents in shares_of(session, award.id).get(Stage.RESERVED, {}).items():
        shifted.add(number, Stage.RESERVED, -cents)
    write_moves(session, award.id, clock.today(), shifted)
    if shifted.from_free:
        require_free(session, award.fund, shifted.from_free)


def _sources(session: Session, award: Award) -> Sequence[Source]:
    """What the grant may take of each contribution, with what it has already."""
    today, purpose = clock.today(), purpose_of(session, award)
    own = shares_of(session, award.id).get(Stage.RESERVED, {})

    def source_of(holding: Holding) -> Source:
        source = holding.for_purpose(purpose, today)
        kept = own.get(holding.pledge_id, 0)
        return replace(source, idle=source.idle + kept)

    return [source_of(holding) for holding in holdings(session, award.fund_id, today).values()]
