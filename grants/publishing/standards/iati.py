"""IATI 2.03: the fund as an organisation, and one activity for the fund and for each grant.

Money in: what was received on pledges, less what went back to donors. Money out: of a grant its
payments, less what came back; of the fund itself its own costs, month by month. All by the ledger.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from lxml import etree
from lxml.builder import E
from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Event
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language, use_language
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import RegionalGroup
from grants.publishing.facts.grants import Movement, PublishedGrant, movements_of, published_grants
from grants.publishing.facts.money import (
    FundCost,
    PublishedContribution,
    contributions_after,
    costs_by_month,
    refunds_to_donors,
    year_of,
    years_of_books,
)
from grants.publishing.facts.people import PublishedCount, counts_of
from grants.publishing.standards.identifiers import activity_identifier, fund_identifier

VERSION = "2.03"
MULTILATERAL = "40"
"""The kind of the fund as an organisation."""
FUNDING, EXTENDING, IMPLEMENTING = "1", "3", "4"
INCOMING, COMMITMENT, DISBURSEMENT, EXPENDITURE = "1", "2", "3", "4"
"""Kinds of transactions."""
HUMAN_RIGHTS = "15160"
"""The sector of the OECD's committee that protection of victims of trafficking belongs to."""
PROJECT_AID, POOLED_AID = "C01", "B04"
IMPLEMENTATION, CLOSED, PIPELINE = "2", "4", "1"
STATUS = {"approved": PIPELINE, "active": IMPLEMENTATION, "closed": CLOSED}
REGIONS = {
    RegionalGroup.AFRICAN: "298",
    RegionalGroup.ASIA_PACIFIC: "798",
    RegionalGroup.EASTERN_EUROPEAN: "89",
    RegionalGroup.LATIN_AMERICAN: "498",
    RegionalGroup.WESTERN: "89",
}
"""Regions of the OECD's committee, as near as they come."""
WORLD = "998"
A_YEAR = 366
"""Days that a budget may be about at most."""


def activities_xml(session: Session, fund: Fund) -> bytes:
    """The file of activities of a fund."""
    with use_language("en"):
        moved = movements_of(session, fund)
        grants = published_grants(session, fund)
        activities = [
            _fund_activity(session, fund, grants),
            *(_grant_activity(fund, g, moved.get(f"award:{g.number}", [])) for g in grants),
        ]
    return _written("iati-activities", activities)


def organisation_xml(session: Session, fund: Fund) -> bytes:
    """The file of the fund as an organisation: what it needs, and what it spent by year."""
    with use_language("en"):
        years = years_of_books(session, fund)
        spent = [(year, year_of(session, fund, year).use.total) for year in years]
        target = Money(fund.annual_target_minor, "USD")
        organisation = E(
            "iati-organisation",
            {"default-currency": "USD", **_spoken()},
            E("organisation-identifier", fund_identifier(fund)),
            _narrated("name", in_language(fund.name)),
            _reporting(fund),
        )
        if target:
            organisation.append(_of_year("total-budget", fund.today().year, target))
        organisation.extend(
            _of_year("total-expenditure", year, amount) for year, amount in reversed(spent)
        )
    return _written("iati-organisations", [organisation])


def _written(root: str, items: Iterable[Any]) -> bytes:
    now = clock.now().isoformat(timespec="seconds")
    whole = E(root, {"version": VERSION, "generated-datetime": now})
    whole.extend(items)
    form: dict[str, Any] = {"encoding": "UTF-8", "xml_declaration": True, "pretty_print": True}
    written: bytes = etree.tostring(whole, **form)
    return written


def _spoken() -> dict[str, str]:
    return {"{http://www.w3.org/XML/1998/namespace}lang": "en"}


def _narrated(tag: str, text: str, **attributes: str) -> Any:
    return E(tag, attributes, E("narrative", _printable(text)))


def _printable(text: str) -> str:
    """Without the signs that XML cannot hold."""
    return "".join(sign for sign in text if sign in "\t\n\u200e\u200f" or sign.isprintable())


def _reporting(fund: Fund) -> Any:
    return _narrated(
        "reporting-org", in_language(fund.name), ref=fund_identifier(fund), type=MULTILATERAL
    )


def _participant(fund: Fund, role: str) -> Any:
    attributes = {"ref": fund_identifier(fund), "type": MULTILATERAL, "role": role}
    return _narrated("participating-org", in_language(fund.name), **attributes)


def _begun_activity(fund: Fund, identifier: str, level: str, title: str, about: str) -> Any:
    attributes = {"default-currency": "USD", "humanitarian": "0", "hierarchy": level}
    return E(
        "iati-activity",
        {**attributes, **_spoken()},
        E("iati-identifier", identifier),
        _reporting(fund),
        _narrated("title", title),
        _narrated("description", about, type="1"),
    )


def _days(since: date, until: date | None) -> list[Any]:
    """First and last day, planned while they are to come."""
    today = clock.today()
    days = [(since, "2" if since <= today else "1")]
    if until is not None:
        days.append((until, "4" if until < today else "3"))
    return [E("activity-date", {"iso-date": day.isoformat(), "type": kind}) for day, kind in days]


def _classified(aid: str) -> list[Any]:
    return [
        E("sector", {"code": HUMAN_RIGHTS, "vocabulary": "1", "percentage": "100"}),
        E("collaboration-type", {"code": "4"}),
        E("default-flow-type", {"code": "10"}),
        E("default-finance-type", {"code": "110"}),
        E("default-aid-type", {"code": aid, "vocabulary": "1"}),
        E("default-tied-status", {"code": "5"}),
    ]


def _transaction(kind: str, on: date, amount: Money, about: str, number: str, *parties: Any) -> Any:
    day = on.isoformat()
    return E(
        "transaction",
        {"ref": number},
        E("transaction-type", {"code": kind}),
        E("transaction-date", {"iso-date": day}),
        E("value", {"value-date": day, "currency": "USD"}, str(amount)),
        _narrated("description", about),
        *parties,
    )


def _grant_activity(fund: Fund, grant: PublishedGrant, moved: list[Movement]) -> Any:
    title = grant.title or _("Grant: %(organisation)s", organisation=grant.called)
    identifier = activity_identifier(fund, grant.reference)
    activity = _begun_activity(fund, identifier, "2", title, title)
    grantee = _narrated("participating-org", grant.called, role=IMPLEMENTING)
    activity.extend([_participant(fund, FUNDING), _participant(fund, EXTENDING), grantee])
    activity.append(E("activity-status", {"code": STATUS[grant.status]}))
    activity.extend(_days(grant.starts_on, grant.ends_on))
    activity.append(_place_of(grant))
    activity.extend(_classified(PROJECT_AID))
    period = (
        E("period-start", {"iso-date": grant.starts_on.isoformat()}),
        E("period-end", {"iso-date": grant.ends_on.isoformat()}),
    )
    value = {"value-date": grant.approved_on.isoformat(), "currency": "USD"}
    if (grant.ends_on - grant.starts_on).days <= A_YEAR:
        whole = E("value", value, str(grant.awarded))
        activity.append(E("budget", {"type": "1", "status": "2"}, *period, whole))
    if grant.status != "approved":
        activity.append(
            _transaction(COMMITMENT, grant.approved_on, grant.awarded, _("Award"), "award")
        )
    activity.extend(_moved_money(grant, movement) for movement in moved)
    related = {"ref": activity_identifier(fund), "type": "1"}
    activity.append(E("related-activity", related))
    return activity


def _moved_money(grant: PublishedGrant, movement: Movement) -> Any:
    about = str(movement.event.label)
    number = f"entry-{movement.number}"
    receiver = _narrated("receiver-org", grant.called)
    return _transaction(DISBURSEMENT, movement.on, movement.amount, about, number, receiver)


def _place_of(grant: PublishedGrant) -> Any:
    if grant.country:
        return E("recipient-country", {"code": grant.country, "percentage": "100"})
    code = REGIONS[grant.region] if grant.region else WORLD
    return E("recipient-region", {"code": code, "vocabulary": "1", "percentage": "100"})


def _fund_activity(session: Session, fund: Fund, grants: list[PublishedGrant]) -> Any:
    activity = _begun_activity(
        fund, activity_identifier(fund), "1", in_language(fund.name), in_language(fund.purpose)
    )
    activity.extend([_participant(fund, FUNDING), _participant(fund, EXTENDING)])
    activity.append(E("activity-status", {"code": IMPLEMENTATION}))
    years = years_of_books(session, fund)
    activity.extend(_days(date(years[-1], 1, 1), None))
    if fund.contact_email or fund.contact_telephone:
        activity.append(_contact_of(fund))
    activity.append(E("recipient-region", {"code": WORLD, "vocabulary": "1", "percentage": "100"}))
    activity.extend(_classified(POOLED_AID))
    activity.extend(_came_in(line) for line in contributions_after(session, fund))
    activity.extend(
        _transaction(INCOMING, on, -amount, str(Event.DONOR_REFUNDED.label), f"entry-{number}")
        for number, on, amount in refunds_to_donors(session, fund)
    )
    activity.extend(_own_cost(fund, cost) for cost in costs_by_month(session, fund))
    activity.extend(
        E("related-activity", {"ref": activity_identifier(fund, grant.reference), "type": "2"})
        for grant in grants
    )
    activity.extend(_results_of(counts_of(session, fund)))
    return activity


def _contact_of(fund: Fund) -> Any:
    contact = E("contact-info", {"type": "1"}, _narrated("organisation", in_language(fund.name)))
    if fund.contact_telephone:
        contact.append(E("telephone", fund.contact_telephone))
    if fund.contact_email:
        contact.append(E("email", fund.contact_email))
    return contact


def _came_in(line: PublishedContribution) -> Any:
    provider = [_narrated("provider-org", line.donor)] if line.donor else []
    return _transaction(
        INCOMING, line.on, line.usd, _("Contribution"), f"entry-{line.number}", *provider
    )


def _own_cost(fund: Fund, cost: FundCost) -> Any:
    day = min(cost.last_day, fund.today())
    number = f"{cost.account.value}-{cost.last_day:%Y-%m}"
    return _transaction(EXPENDITURE, day, cost.amount, str(cost.account.label), number)


def _results_of(counts: list[PublishedCount]) -> list[Any]:
    """People reached by year, in all and by sex where that is published."""
    years = sorted({count.year for count in counts if count.year is not None and count.people})
    by_year = {year: [count for count in counts if count.year == year] for year in years}
    periods = [_period_of(year, members) for year, members in by_year.items()]
    if not periods:
        return []
    indicator = E("indicator", {"measure": "1"}, _narrated("title", _("People reached")))
    indicator.extend(periods)
    attributes = {"type": "1", "aggregation-status": "1"}
    return [E("result", attributes, _narrated("title", _("People reached")), indicator)]


def _period_of(year: int, counts: list[PublishedCount]) -> Any:
    period = E(
        "period",
        E("period-start", {"iso-date": f"{year}-01-01"}),
        E("period-end", {"iso-date": f"{year}-12-31"}),
    )
    for count in counts:
        if count.people is not None and count.by in ("total", "sex"):
            actual = E("actual", {"value": str(count.people)})
            if count.by == "sex":
                actual.append(E("dimension", {"name": "sex", "value": "+".join(count.groups)}))
            period.append(actual)
    return period


def _of_year(tag: str, year: int, amount: Money) -> Any:
    first, last = f"{year}-01-01", f"{year}-12-31"
    return E(
        tag,
        E("period-start", {"iso-date": first}),
        E("period-end", {"iso-date": last}),
        E("value", {"value-date": first, "currency": "USD"}, str(amount)),
    )
