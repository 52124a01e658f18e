"""Which grants the public reads of, and whether it reads who has them."""

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from grants.core.countries.countries import country_name, regional_group
from grants.core.funds.models import Fund
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Organisation
from grants.deciding.awards.models import Announcement, Award
from grants.deciding.awards.workflow import SIGNED

SHOWS_COUNTRY = Award.announced.is_distinct_from(Announcement.UNNAMED)
"""For a query of awards: the public reads in which country, not the region alone."""


def published() -> ColumnElement[bool]:
    """Signed grants, and approved ones whose results the fund has published."""
    announced = Award.awaits_agreement & Award.announced.is_not(None)
    return or_(Award.state.in_(SIGNED), announced)


def count_unpublished(session: Session, fund: Fund) -> int:
    """How many approved grants the public does not read of yet."""
    query = select(func.count()).where(Award.fund_id == fund.id, ~Award.is_cancelled, ~published())
    return session.scalar(query) or 0


def is_named(award: Award) -> bool:
    """Does the public read the name? Never if the organisation asks us not to; else as the fund
    decided for this grant, as the organisation agreed, or as the fund's setting says.
    """
    allowed = award.organisation.may_be_named
    if allowed is False or award.announced is Announcement.UNNAMED:
        return False
    return award.announced is Announcement.NAMED or allowed or award.fund.names_grantees


def named() -> ColumnElement[bool]:
    """Is the name public? For a query that joins the organisation and the fund of each award."""
    by_default = or_(Organisation.may_be_named.is_(True), Fund.names_grantees)
    return and_(
        Organisation.may_be_named.is_distinct_from(False),
        or_(
            Award.announced.is_not_distinct_from(Announcement.NAMED),
            and_(Award.announced.is_(None), by_default),
        ),
    )


def public_country(award: Award) -> str | None:
    """The country of a grant (ISO 3166) as the public reads it; None where the fund published its
    region alone, or where the grant has none.
    """
    return None if award.announced is Announcement.UNNAMED else award.country


def general_name(award: Award) -> str:
    """The organisation as the public reads of it where it is not named."""
    if country := public_country(award):
        return _("An organisation in %(place)s", place=country_name(country))
    group = regional_group(award.country) if award.country else None
    if group is None:
        return _("An organisation whose name is withheld")
    return _("An organisation in the region %(place)s", place=group.label)
