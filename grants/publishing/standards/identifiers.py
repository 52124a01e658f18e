"""How a fund, its grants and its grantees are called in open data, the same in each standard."""

import re

from grants.core.funds.models import Fund
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
