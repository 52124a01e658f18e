"""How a fund, its grants and its grantees are called in open data, alike in each standard."""

import re

from grants.core.countries.countries import country_name
from grants.core.funds.models import Fund
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.kernel.taxonomies import Window
from grants.core.texts.formats import plain_day
from grants.publishing.facts.grants import PublishedGrant

PROVISIONAL = "XX"
"""Stands for a register while the fund has entered no identifier: ISO 3166 keeps it free."""
_FORBIDDEN = re.compile(r"[^A-Za-z0-9._-]+")


def fund_identifier(fund: Fund) -> str:
    """The fund in a register of org-id.guide; a provisional one until it is entered."""
    return fund.identifier or f"{PROVISIONAL}-{fund.code}"


def activity_identifier(fund: Fund, reference: str = "") -> str:
    """A grant, or the fund itself as an activity, by its public reference."""
    parts = (fund_identifier(fund), fund.code, _FORBIDDEN.sub("-", reference))
    return "-".join(part for part in parts if part)


def grant_number(fund: Fund, grant: PublishedGrant) -> str:
    """A grant in 360Giving."""
    return f"360G-{fund.code.lower()}-{_FORBIDDEN.sub('-', grant.reference)}"


def grantee_number(fund: Fund, grant: PublishedGrant) -> str:
    """The organisation of a grant in 360Giving, which tells nothing of one that is not named."""
    return f"360G-{fund.code.lower()}-org-{grant.grantee}"


def programme_name(fund: Fund, grant: PublishedGrant) -> str:
    """The window that a grant belongs to; the fund where it has none."""
    return str(Window.of(grant.window).label) if grant.window else in_language(fund.name)


def grant_title(grant: PublishedGrant) -> str:
    return grant.title or _("Grant: %(organisation)s", organisation=grant.called)


def grant_description(fund: Fund, grant: PublishedGrant) -> str:
    """A grant in a few words more than its title, of facts that its page tells."""
    facts = {
        "programme": programme_name(fund, grant),
        "organisation": grant.called,
        "start": plain_day(grant.starts_on),
        "end": plain_day(grant.ends_on),
    }
    if not grant.country:
        return _("%(programme)s. Grantee: %(organisation)s. From %(start)s to %(end)s.", **facts)
    return _(
        "%(programme)s. Grantee: %(organisation)s. Country: %(country)s. From %(start)s to "
        "%(end)s.",
        country=country_name(grant.country),
        **facts,
    )
