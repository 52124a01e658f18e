"""Whose statement is wanted, and the pledges that it is about."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, contains_eager

from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.people.models import Organisation
from grants.core.people.queries import organisation_by_code
from grants.giving.contributions.models import Deposit
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.workflow import VOID
from grants.papers.typesetting.paper import Issuer, Span


def donor_and_funds(session: Session, reference: str) -> tuple[Organisation, tuple[str, ...]]:
    """Whose statement "AUT" is, and "AUT/UNVTF": the donor, and the funds it is limited to (none:
    all of them). Missing if there is no such donor or fund.
    """
    code, _slash, funds = reference.rpartition("/")
    query = select(Organisation).where(Organisation.code.in_([reference, code]))
    donors = {donor.code: donor for donor in session.scalars(query)}
    if reference in donors:
        return donors[reference], ()
    if code not in donors:
        return organisation_by_code(session, code or reference), ()
    return donors[code], tuple(fund_by_code(session, fund).code for fund in funds.split("+"))


def donor_number(donor: Organisation, issuer: Issuer) -> str:
    """What a donor is called on paper, as UNVTF-D-0012; D-0012 where several funds write."""
    number = f"D-{donor.id:04}"
    return number if " " in issuer.code else f"{issuer.code}-{number}"


def canonical(session: Session, reference: str, span: Span | None) -> str:
    """A statement of all funds, where there is only one, is the statement of that one."""
    donor, funds = donor_and_funds(session, reference)
    if not funds and span:
        query = select(Fund.code).where(Fund.id.in_(_funds_given(donor.id, span.until)))
        codes = session.scalars(query).all()
        funds = tuple(codes) if len(codes) == 1 else ()
    return "/".join([donor.code, "+".join(funds)]) if funds else donor.code


def donors_and_funds(
    session: Session, references: Sequence[str], funds: Collection[str]
) -> Mapping[str, tuple[Organisation, tuple[str, ...]]]:
    """The donor of each reference, and the funds that it is limited to."""
    parts = {reference: reference.rpartition("/") for reference in references}
    codes = {*parts, *(code for code, _slash, _funds in parts.values())}
    donors = session.scalars(select(Organisation).where(Organisation.code.in_(codes)))
    by_code = {donor.code: donor for donor in donors}
    limits: dict[str, tuple[Organisation, tuple[str, ...]]] = {}
    for reference, (code, _slash, fund_codes) in parts.items():
        limit = tuple(fund_codes.split("+"))
        if reference in by_code:
            limits[reference] = by_code[reference], ()
        elif code in by_code and set(funds).issuperset(limit):
            limits[reference] = by_code[code], limit
        else:  # a fund in small letters, or nobody
            limits[reference] = donor_and_funds(session, reference)
    return limits


def _made_by(until: date) -> tuple[ColumnElement[bool], ...]:
    """Pledges made by a day that were taken up, or on which money came. In old records money or a
    signature may come before the day of the pledge.
    """
    money = select(Deposit.id).where(Deposit.pledge_id == Pledge.id)
    taken_up = Pledge.state.not_in(VOID)
    by_then = or_(
        Pledge.pledged_on <= until,
        Pledge.agreement_signed_on <= until,
        money.where(Deposit.value_on <= until).exists(),
    )
    return by_then, taken_up | money.exists()


def _funds_given(donor_id: int, until: date) -> Select[int]:
    return select(Pledge.fund_id).where(Pledge.donor_id == donor_id, *_made_by(until))


def pledges_of(
    session: Session, donor_ids: Collection[int], until: date
) -> Mapping[int, list[Pledge]]:
    """The pledges of each donor made by the end of the period, the oldest first."""
    pledges: dict[int, list[Pledge]] = {donor_id: [] for donor_id in donor_ids}
    for pledge in session.scalars(
        select(Pledge)
        .join(Pledge.fund)
        .where(Pledge.donor_id.in_(donor_ids), *_made_by(until))
        .order_by(Pledge.pledged_on, Pledge.id)
        .options(contains_eager(Pledge.fund))
    ):
        pledges[pledge.donor_id or 0].append(pledge)
    return pledges
