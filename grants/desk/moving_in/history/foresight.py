"""What acts on many pledges and deposits will ask, found in a few statements beforehand."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from grants.books.ledger.foresight import foresee_entries, foresee_pledges, foresee_rates
from grants.books.ledger.models import Entry
from grants.core.funds.models import Fund
from grants.core.kernel.numbering import draw_keys
from grants.core.kernel.once import foresee
from grants.core.people.models import Organisation
from grants.desk.moving_in.history.incoming import organisation_key, pledge_key
from grants.desk.moving_in.history.planned import PlannedAct
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.queries import deposit_key
from grants.giving.donors.models import Donor
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import pledge_read
from grants.giving.pledges.service import foresee_unbooked
from grants.integrity.diligence.queries import foresee_clearances


def foresee_acts(session: Session, fund: Fund, acts: Sequence[PlannedAct]) -> None:
    """Everything that entering these pledges, agreements and deposits asks the database for."""
    entered = [act.row.value for act in acts if act.day == "pledged_on"]
    deposits = [act.row.value for act in acts if act.file == "deposits.csv"]
    known = _pledges(session, {_named(act) for act in acts} - {None})
    givers = _givers(session, {row.donor for row in entered})
    new = [row for row in entered if row.reference not in known]
    keys = draw_keys(session, Pledge, len(new))
    pledges = {pledge.id: pledge.currency for pledge in known.values()}
    pledges |= {key: row.currency for key, row in zip(keys, new, strict=True)}
    foresee_pledges(session, fund.id, {f"pledge:{key}": code for key, code in pledges.items()})
    foresee_unbooked(session, pledges)
    for key in pledges:
        foresee(session, pledge_read(key), None)
    booked = [f"deposit:{key}" for key in draw_keys(session, Deposit, len(deposits))]
    booked += [f"pledge:{key}:agreement" for key in pledges]
    foresee_entries(session, fund.id, booked)
    draw_keys(session, Entry, sum(act.day != "pledged_on" for act in acts))
    _deposits(session, fund, [row.bank_reference.strip() for row in deposits])
    foresee_rates(session, {(act.row.value.currency, act.on) for act in acts})
    donors = {reference: pledge.donor_id for reference, pledge in known.items()}
    donors |= {row.reference: givers[row.donor] for row in new if row.donor in givers}
    asked = {(donors.get(_named(act)), act.on) for act in acts}
    foresee_clearances(session, fund, [(key, on) for key, on in asked if key is not None])


def _named(act: PlannedAct) -> Any:
    """The pledge that an act is about; None for money that nobody knows."""
    row = act.row.value
    return row.pledge if act.file == "deposits.csv" else row.reference


def _pledges(session: Session, references: set[Any]) -> dict[str, Pledge]:
    found = session.scalars(
        select(Pledge)
        .where(Pledge.reference.in_(references))
        .options(joinedload(Pledge.donor))
        .execution_options(populate_existing=True)
    )
    known = {pledge.reference: pledge for pledge in found}
    for reference in references:
        foresee(session, pledge_key(reference), known.get(reference))
    givers = [pledge.donor_id for pledge in known.values()]
    _donors(session, givers)
    return known


def _givers(session: Session, codes: set[str]) -> dict[str, int]:
    found = session.scalars(select(Organisation).where(Organisation.code.in_(codes))).all()
    for giver in found:
        foresee(session, organisation_key(giver.code), giver)
    _donors(session, [giver.id for giver in found])
    return {giver.code: giver.id for giver in found}


def _donors(session: Session, ids: Sequence[int | None]) -> None:
    """Donors are got by their key: they only have to be held."""
    found = session.scalars(select(Donor).where(Donor.organisation_id.in_(ids))).all()
    foresee(session, ("donors", *ids), found)


def _deposits(session: Session, fund: Fund, references: Sequence[str]) -> None:
    standing = session.scalars(
        select(Deposit).where(
            Deposit.fund_id == fund.id,
            Deposit.bank_reference.in_(references),
            Deposit.reversed_on.is_(None),
        )
    )
    known = {deposit.bank_reference: deposit for deposit in standing}
    for reference in references:
        foresee(session, deposit_key(fund.id, reference), known.get(reference))
