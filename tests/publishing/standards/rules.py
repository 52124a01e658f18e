"""What the standards ask of a file beyond the schema of IATI, in our words.

No package brings the rules of IATI as data that can be installed today, or the schema of 360Giving,
and neither may stand here. So these are short checks of our own, written after the standard ruleset
of IATI 2.03 and the schema of 360Giving 1.4, and of what their viewers need.
"""

import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from lxml import etree

from grants.core.kernel import clock

BUDGET_DAYS = 370
IDENTIFIER = re.compile(r"[^/&|?]+")
LISTED = {
    "activity-status": {"1", "2", "3", "4", "5", "6"},
    "activity-date/@type": {"1", "2", "3", "4"},
    "transaction-type": {str(number) for number in range(1, 14)},
    "participating-org/@role": {"1", "2", "3", "4"},
    "related-activity/@type": {"1", "2", "3", "4", "5"},
    "result/@type": {"1", "2", "3", "9"},
    "indicator/@measure": {"1", "2", "3", "4", "5"},
    "default-aid-type": {"B03", "B04", "C01", "D01"},
    "default-finance-type": {"110"},
    "default-flow-type": {"10"},
    "default-tied-status": {"3", "4", "5"},
    "collaboration-type": {"1", "2", "3", "4", "6", "7", "8"},
    "budget/@type": {"1", "2"},
    "budget/@status": {"1", "2"},
}
"""Codes of embedded lists that our files can have."""
PERIODS = (
    *("budget", "period", "total-budget", "total-expenditure", "planned-disbursement"),
    *("recipient-country-budget", "recipient-org-budget", "recipient-region-budget"),
)


def faults_of_activities(content: bytes) -> list[str]:
    """Each way in which activities break the rules of IATI, or could not be drawn by d-portal."""
    tree = etree.fromstring(content)
    return [
        f"{activity.findtext('iati-identifier')}: {fault}"
        for activity in tree.iter("iati-activity")
        for fault in [*_faults_of(activity), *_missing_for_viewers(activity)]
    ]


def faults_of_organisations(content: bytes) -> list[str]:
    tree = etree.fromstring(content)
    return [fault for item in tree.iter("iati-organisation") for fault in _faults_of(item)]


def _faults_of(item: Any) -> Iterator[str]:
    yield from _faults_of_identifiers(item)
    for place, codes in LISTED.items():
        path = place if "@" in place else f"{place}/@code"
        yield from (f"{place} {code}" for code in item.xpath(f".//{path}") if code not in codes)
    yield from _faults_of_days(item)
    for narrative in item.xpath(".//narrative[not(normalize-space())]"):
        yield f"{narrative.getparent().tag} says nothing"
    if item.tag == "iati-activity":
        yield from _faults_of_activity_days(item)
        yield from _faults_of_shares(item)


def _faults_of_days(item: Any) -> Iterator[str]:
    for kind in PERIODS:
        for period in item.iter(kind):
            start, end = _days(period, "period-start", "period-end")
            if start > end:
                yield f"{kind} ends before it begins"
    today = clock.today().isoformat()
    for day in item.xpath(".//transaction-date/@iso-date | .//transaction/value/@value-date"):
        if day > today:
            yield f"a transaction of {day} is to come"


def _faults_of_identifiers(item: Any) -> Iterator[str]:
    paths = (
        *("iati-identifier", "organisation-identifier", "reporting-org/@ref"),
        *("participating-org/@ref", "transaction/provider-org/@ref"),
        *("transaction/receiver-org/@ref", "related-activity/@ref"),
    )
    for path in paths:
        for value in item.xpath(path if "@" in path else f"{path}/text()"):
            if not IDENTIFIER.fullmatch(value):
                yield f"{path} {value!r}"


def _days(period: Any, *tags: str) -> list[str]:
    return [str(period.find(tag).get("iso-date")) for tag in tags]


def _faults_of_activity_days(activity: Any) -> Iterator[str]:
    days = {line.get("type"): line.get("iso-date") for line in activity.iter("activity-date")}
    if not days.keys() & {"1", "2"}:
        yield "no first day"
    for first, last in (("1", "3"), ("2", "4"), ("2", "3")):
        if days.get(first, "") > days.get(last, "9999"):
            yield "it ends before it begins"
    for kind in ("2", "4"):
        if days.get(kind, "") > clock.today().isoformat():
            yield f"an actual day is to come: {days[kind]}"


def _faults_of_shares(activity: Any) -> Iterator[str]:
    places = "recipient-country/@percentage | recipient-region/@percentage"
    for path in (places, "sector[@vocabulary='1']/@percentage"):
        if sum(map(Decimal, activity.xpath(path))) != 100:
            yield f"{path} is not 100 per cent"
    reporter, name = activity.find("reporting-org").get("ref"), activity.findtext("iati-identifier")
    if not name.startswith(f"{reporter}-"):
        yield "the identifier does not begin with that of the reporter"
    for line in activity.xpath("participating-org[not(@ref) and not(narrative)]"):
        yield f"a participating organisation of role {line.get('role')} is not named"
    for actual in activity.xpath(".//indicator/period/actual[not(@value)]"):
        yield f"{actual.tag} without a value"
    numbers = activity.xpath("transaction/@ref")
    if len(numbers) != len(set(numbers)):
        yield "two transactions have one number"


def _missing_for_viewers(activity: Any) -> Iterator[str]:
    """What d-portal reads of an activity: without these it is not in its lists, maps or sums."""
    for path in (
        *("reporting-org/@ref", "reporting-org/narrative", "title/narrative"),
        *("description/narrative", "activity-status/@code", "activity-date/@iso-date"),
        *("recipient-country | recipient-region", "sector/@code", "default-aid-type/@code"),
        *("participating-org[@role='1']", "participating-org[@role='3' or @role='4']"),
    ):
        if not activity.xpath(path):
            yield f"{path} is missing"
    if activity.get("hierarchy") == "2":
        yield from _not_shown_of_a_grant(activity)
    for transaction in activity.iter("transaction"):
        if not transaction.xpath("value/@currency") or not transaction.findtext("value"):
            yield "a transaction has no amount"


def _not_shown_of_a_grant(activity: Any) -> Iterator[str]:
    """d-portal counts no budget of more than 370 days; the title alone is no description."""
    if activity.findtext("title/narrative") == activity.findtext("description/narrative"):
        yield "the description is the title again"
    if not activity.xpath("document-link[category/@code='A12']/@url"):
        yield "no page to read more"
    budgets = activity.findall("budget")
    for budget in budgets:
        start, end = map(date.fromisoformat, _days(budget, "period-start", "period-end"))
        if (end - start).days > BUDGET_DAYS:
            yield f"a budget of {(end - start).days} days"
    planned = sum(Decimal(budget.findtext("value")) for budget in budgets)
    committed = activity.xpath("transaction[transaction-type/@code='2']/value/text()")
    if not planned or planned != sum(map(Decimal, committed or [planned])):
        yield f"budgets of {planned} where {committed} was committed"


MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$"}
NAMED = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "required": ["id", "name"],
        "properties": {name: {"type": "string", "minLength": 1} for name in ("id", "name")},
        "additionalProperties": False,
    },
}
TEXT = {"type": "string", "minLength": 1}
WEB = {"type": "string", "format": "uri", "pattern": "^https?://"}
NEEDED = (
    *("id", "title", "description", "currency", "amountAwarded", "awardDate"),
    *("recipientOrganization", "fundingOrganization"),
)
SHOWN_BY_GRANTNAV = ("url", "dataSource", "grantProgramme", "plannedDates", "fromOpenCall")
GRANT = {
    "type": "object",
    "required": [*NEEDED, *SHOWN_BY_GRANTNAV],
    "additionalProperties": False,
    "properties": {
        **dict.fromkeys(("id", "title", "description"), TEXT),
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
        "amountAwarded": {"type": "number", "minimum": 0},
        "amountDisbursed": {"type": "number"},
        "awardDate": MOMENT,
        "plannedDates": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"startDate": MOMENT, "endDate": MOMENT},
                "additionalProperties": False,
            },
        },
        "recipientOrganization": NAMED,
        "fundingOrganization": NAMED,
        "beneficiaryLocation": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "name": TEXT,
                    "countryCode": {"type": "string", "pattern": "^[A-Z]{2}$"},
                },
                "additionalProperties": False,
            },
        },
        "grantProgramme": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"code": TEXT, "title": TEXT},
                "additionalProperties": False,
            },
        },
        "fromOpenCall": {"enum": ["Yes", "No"]},
        "url": WEB,
        "dataSource": WEB,
    },
}
PACKAGE = {
    "type": "object",
    "required": ["version", "license", "title", "publisher", "modified", "downloadURL", "grants"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": "1.4"},
        "license": WEB,
        "title": TEXT,
        "publisher": {
            "type": "object",
            "required": ["name", "identifier"],
            "properties": {"name": TEXT, "identifier": TEXT},
            "additionalProperties": False,
        },
        "downloadURL": WEB,
        "accessURL": WEB,
        "modified": MOMENT,
        "grants": {"type": "array", "uniqueItems": True, "items": GRANT},
    },
}


def faults_of_360giving(content: bytes) -> list[str]:
    """Each way in which a file breaks 360Giving, or GrantNav could not show a grant of it."""
    whole = json.loads(content)
    validator = Draft202012Validator(PACKAGE, format_checker=FormatChecker())
    faults = [f"{fault.json_path}: {fault.message}" for fault in validator.iter_errors(whole)]
    names = [grant["id"] for grant in whole["grants"]]
    faults += [f"{name} twice" for name in set(names) if names.count(name) > 1]
    told = [grant for grant in whole["grants"] if grant["title"] != grant["description"]]
    return faults + ["the description is the title again"] * (len(names) - len(told))
