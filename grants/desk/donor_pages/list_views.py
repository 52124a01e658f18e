"""The list of donors: what each gave and still is to pay, its stage, and whom to ask next.

It reads rooms above that of donors, so it is drawn here.
"""

from collections.abc import Iterator

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import RegionalGroup
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.desk.donor_pages.figures import DonorFigures
from grants.desk.donor_pages.segments import (
    Segment,
    cents_given,
    in_group,
    in_segment,
    months_of_year,
    usually_gives_in,
)
from grants.giving.donors.facts import FACTS
from grants.giving.donors.forms import DonorsFilter
from grants.giving.donors.models import Donor
from grants.giving.donors.queries import Criteria, listed_donors
from grants.giving.donors.views import group_of, page_of, pages
from grants.integrity.diligence.queries import TONES, Clearance
from grants.platform.forms.fields import SelectField
from grants.platform.layout.chrome import in_menu
from grants.platform.profiles.lists import column_of
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.tables.occurring import offer_occurring
from grants.platform.web.access import at_work, needs, viewer
from grants.platform.web.again import files_ask_first
from grants.platform.web.database import session


class DonorListFilter(DonorsFilter):
    """Which donors to list: by what they are, and by how they give."""

    segment = SelectField(_l("Giving history"), Segment)
    group = SelectField(_l("Member States in the regional group"), RegionalGroup)
    month = SelectField(_l("Expected month"), months_of_year)

    def query(self) -> Select[Donor]:
        query = listed_donors(self.criteria)
        if self.segment.data is not None:
            query = query.where(in_segment(self.segment.data, at_work()))
        if self.group.data is not None:
            query = query.where(in_group(self.group.data))
        if self.month.data is not None:
            query = query.where(usually_gives_in(int(self.month.data), at_work()))
        return query


def _orders() -> dict[str, Order]:
    return {
        "name": Order(Organisation.name, Donor.organisation_id),
        "newest": Order(Donor.known_since, Donor.organisation_id, descending=True),
        "amount": Order(cents_given(at_work()), Donor.organisation_id, descending=True),
    }


def _columns_of_profile() -> Iterator[Column]:
    """The facts of the profile that a list has: offered beside what each donor gives."""
    for fact in sorted(FACTS, key=lambda fact: fact.listed != "shown"):
        if fact.listed in {"shown", "offered"}:
            yield column_of(fact, lambda d: [d.organisation, d], is_shown=False)


def _columns_of_work(figures: DonorFigures) -> Iterator[Column]:
    """Who looks after a donor and what is to be done next, for people who may know: nobody who sits
    on a Board reads of the owners of what is every fund's.
    """
    if viewer().may(Permission.CASEWORK_SEE) and not viewer().may(Permission.BOARD_SIT):
        yield Column(_l("Owner"), lambda d: figures(d).owner)
    if viewer().may(Permission.OUTREACH_SEE):
        yield Column(_l("Next step"), lambda d: figures(d).next_step, shown=False)


def _listing(figures: DonorFigures) -> Listing:
    return Listing(
        columns=(
            Column(_l("Donor"), lambda d: d.organisation.name, link=page_of, order="name"),
            Column(_l("Type of donor"), lambda d: d.organisation.kind.label, shown=False),
            Column(
                _l("Given so far"), lambda d: figures(d).given or None, kind="money", order="amount"
            ),
            *_columns_of_work(figures),
            Column(_l("Last gift"), lambda d: figures(d).last_gift, kind="date", shown=False),
            Column(_l("Next payment"), lambda d: figures(d).next_due, kind="date"),
            Column(_l("Still to come"), lambda d: figures(d).open or None, kind="money"),
            Column(_l("Overdue"), lambda d: figures(d).overdue or None, kind="money"),
            Column(_l("Stage"), lambda d: figures(d).stage.label),
            Column(
                _l("Due diligence"),
                lambda d: Clearance.of(d.clearance).label,
                tone=lambda d: TONES[Clearance.of(d.clearance)],
            ),
            Column(
                _l("On record since"),
                lambda d: d.known_on,
                kind="date",
                order="newest",
                shown=False,
            ),
            Column(_l("Code"), lambda d: d.organisation.code, shown=False),
            Column(_l("Regional group"), lambda d: group_of(d.organisation), shown=False),
            *_columns_of_profile(),
        ),
        orders=_orders(),
        size=30,
        prepare=figures.prepare,
    )


@pages.get("")
@in_menu(_l("Donors"), 29, also=("diligence", "sanctions"), key="n")
@needs(Permission.DONOR_SEE)
@files_ask_first
def index() -> ResponseReturnValue:
    """Every donor, with what it gave and still is to pay; as a file too."""
    form = DonorListFilter()
    every = listed_donors(Criteria())
    offer_occurring(session(), form, every, kind=Organisation.kind, country=Organisation.country)
    form.validate()
    listed = _listing(DonorFigures(session(), at_work())).of(session(), form.query(), "donors")
    return listed.file or render_template(
        "giving/donors/index.html",
        listed=listed,
        form=form,
        may_edit=viewer().may(Permission.DONOR_EDIT),
    )
