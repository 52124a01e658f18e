"""Donors by how they give: new, lapsed, gave last year but not this one, due soon, never gave, and
by the month in which they usually do.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from babel.dates import get_month_names
from sqlalchemy import BigInteger, ColumnElement, Select, cast, exists, extract, func, select
from sqlalchemy.orm import aliased

from grants.core.countries.countries import CODES, regional_group
from grants.core.kernel import clock
from grants.core.kernel.language import current_language
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import DonorKind, RegionalGroup, Term
from grants.core.people.models import Organisation
from grants.core.people.viewer import Viewer
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.queries import STANDS
from grants.giving.donors.models import Donor
from grants.giving.pledges.models import Pledge, PledgeInstalment
from grants.giving.pledges.queries import of_the_funds, received_so_far
from grants.giving.pledges.workflow import STANDING

SOON = timedelta(days=90)
A_YEAR = timedelta(days=365)


class Segment(Term):
    """Donors whom a fundraiser writes to together."""

    NEW = "new", _l("First gift in the last twelve months")
    LAST_YEAR = "last_year", _l("Gave last year, but not this year")
    LAPSED = "lapsed", _l("Gave before last year, and not since")
    DUE_SOON = "due_soon", _l("A payment is due within 90 days")
    OVERDUE = "overdue", _l("A payment is overdue")
    NEVER = "never", _l("Has never given")


def in_segment(segment: Segment, viewer: Viewer) -> ColumnElement[bool]:
    """The donors of a query that are in the segment, by the gifts that this person reads."""
    return _CONDITIONS[segment](viewer, clock.today())


def in_group(group: RegionalGroup) -> ColumnElement[bool]:
    """Member States of a regional group."""
    countries = [code for code in CODES if regional_group(code) is group]
    is_state = Organisation.kind == DonorKind.MEMBER_STATE
    return is_state & Organisation.country.in_(countries)


def months_of_year() -> list[tuple[str, str]]:
    """The months as (number, name), named in the reader's language."""
    names = get_month_names("wide", "stand-alone", current_language().locale)
    return [(str(number), name.capitalize()) for number, name in names.items()]


def usually_gives_in(month: int, viewer: Viewer) -> ColumnElement[bool]:
    """The donors of a query who gave in this month in most years; of several months the later
    one counts, as among those to ask next.
    """
    year, in_month = extract("year", Deposit.value_on), extract("month", Deposit.value_on)
    usual = (
        _gifts(viewer)
        .with_only_columns(in_month)
        .group_by(in_month)
        .order_by(func.count(year.distinct()).desc(), in_month.desc())
        .limit(1)
    )
    return usual.scalar_subquery() == month


def _gifts(viewer: Viewer) -> Select[Any]:
    """The gifts of the donor of a query."""
    return (
        select(Deposit.id)
        .join(Pledge, Pledge.id == Deposit.pledge_id)
        .where(Pledge.donor_id == Donor.organisation_id, STANDS, of_the_funds(viewer))
        .correlate(Donor)
    )


def cents_given(viewer: Viewer) -> ColumnElement[int]:
    """What the donor of a query has given so far, in USD cents, by the gifts this person reads."""
    gifts = _gifts(viewer).with_only_columns(func.coalesce(func.sum(Deposit.usd_minor), 0))
    return cast(gifts.scalar_subquery(), BigInteger)


def _gave(viewer: Viewer, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return _gifts(viewer).where(*conditions).exists()


def _first_in_a_year(viewer: Viewer, today: date) -> ColumnElement[bool]:
    since = today - A_YEAR
    return _gave(viewer, Deposit.value_on >= since) & ~_gave(viewer, Deposit.value_on < since)


def _only_last_year(viewer: Viewer, today: date) -> ColumnElement[bool]:
    begin, last = date(today.year, 1, 1), date(today.year - 1, 1, 1)
    gave_last = _gave(viewer, Deposit.value_on >= last, Deposit.value_on < begin)
    return gave_last & ~_gave(viewer, Deposit.value_on >= begin)


def _lapsed(viewer: Viewer, today: date) -> ColumnElement[bool]:
    last = date(today.year - 1, 1, 1)
    return _gave(viewer, Deposit.value_on < last) & ~_gave(viewer, Deposit.value_on >= last)


def _owes(viewer: Viewer, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Does the donor still owe a payment of these days? What has come pays the first ones first."""
    earlier = aliased(PledgeInstalment)
    promised_by_then = (
        select(func.sum(earlier.amount_minor))
        .where(
            earlier.pledge_id == PledgeInstalment.pledge_id,
            earlier.revision == PledgeInstalment.revision,
            earlier.number <= PledgeInstalment.number,
        )
        .correlate(PledgeInstalment)
        .scalar_subquery()
    )
    return exists(
        select(PledgeInstalment.pledge_id)
        .join(Pledge, Pledge.id == PledgeInstalment.pledge_id)
        .where(
            Pledge.donor_id == Donor.organisation_id,
            Pledge.state.in_(STANDING),
            of_the_funds(viewer),
            PledgeInstalment.revision == Pledge.revision,
            *conditions,
            promised_by_then > received_so_far(),
        )
        .correlate(Donor)
    )


def _due_soon(viewer: Viewer, today: date) -> ColumnElement[bool]:
    day = PledgeInstalment.due_on
    return _owes(viewer, day >= today, day <= today + SOON)


def _overdue(viewer: Viewer, today: date) -> ColumnElement[bool]:
    return _owes(viewer, PledgeInstalment.due_on < today)


_CONDITIONS: Mapping[Segment, Callable[[Viewer, date], ColumnElement[bool]]] = {
    Segment.NEW: _first_in_a_year,
    Segment.LAST_YEAR: _only_last_year,
    Segment.LAPSED: _lapsed,
    Segment.DUE_SOON: _due_soon,
    Segment.OVERDUE: _overdue,
    Segment.NEVER: lambda viewer, _today: ~_gave(viewer),
}
