"""360Giving 1.4: every grant of a fund as JSON, valid against the schema of the standard."""

import json
import re
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from grants.core.countries.countries import country_name
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.kernel.money import Money
from grants.publishing.facts.grants import PublishedGrant, published_grants
from grants.publishing.standards.identifiers import (
    fund_identifier,
    grant_description,
    grant_number,
    grant_title,
    grantee_number,
    programme_name,
)

VERSION = "1.4"
_AMOUNT = re.compile(r'"\\u0000(-?[0-9]+\.[0-9]+)"')
"""Amounts are written as JSON numbers, digit by digit: no database text holds the mark."""


def giving360_json(session: Session, fund: Fund) -> bytes:
    """The file of a fund."""
    whole = {
        "version": VERSION,
        "license": _licence_address(fund),
        "title": _("Grants of %(fund)s", fund=fund.title),
        "publisher": {"name": fund.title, "identifier": fund_identifier(fund)},
        "downloadURL": _file_address(fund),
        "accessURL": absolute(f"/funds/{fund.code}/data"),
        "modified": clock.now().isoformat(timespec="seconds"),
        "grants": [_grant_of(fund, grant) for grant in published_grants(session, fund)],
    }
    text = json.dumps(whole, ensure_ascii=False, indent=1)
    return _AMOUNT.sub(r"\1", text).encode()


LICENCES = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC-BY-3.0-IGO": "https://creativecommons.org/licenses/by/3.0/igo/",
}


def _file_address(fund: Fund) -> str:
    return absolute(f"/funds/{fund.code}/standards/360giving.json")


def _licence_address(fund: Fund) -> str:
    return LICENCES[str(fund.licence)]


def _number(amount: Money) -> str:
    return f"\0{amount}"


def _moment_of(day: date) -> str:
    """A day as the beginning of it: the schema takes a plain day for two forms at once wherever a
    validator does not check formats.
    """
    return f"{day.isoformat()}T00:00:00+00:00"


def _grant_of(fund: Fund, grant: PublishedGrant) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "id": grant_number(fund, grant),
        "title": grant_title(grant),
        "description": grant.summary or grant_description(fund, grant),
        "currency": "USD",
        "amountAwarded": _number(grant.awarded),
        "amountDisbursed": _number(grant.paid - grant.returned),
        "awardDate": _moment_of(grant.approved_on),
        "plannedDates": [
            {"startDate": _moment_of(grant.starts_on), "endDate": _moment_of(grant.ends_on)}
        ],
        "recipientOrganization": [{"id": grantee_number(fund, grant), "name": grant.called}],
        "fundingOrganization": [{"id": fund_identifier(fund), "name": fund.title}],
        "fromOpenCall": "Yes" if grant.call else "No",
        "url": absolute(f"/funds/{fund.code}/grants/{grant.reference}"),
        "dataSource": _file_address(fund),
    }
    if grant.country:
        place = {"name": country_name(grant.country), "countryCode": grant.country}
        facts["beneficiaryLocation"] = [place]
    elif grant.region:
        facts["beneficiaryLocation"] = [{"name": str(grant.region.label)}]
    programme = {"code": grant.window or fund.code, "title": programme_name(fund, grant)}
    facts["grantProgramme"] = [programme]
    return facts
