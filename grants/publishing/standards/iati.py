"""IATI 2.03: the fund as an organisation, and one activity for the fund and for each grant.

Money in: what was received on pledges, less what went back to donors. Money out: of a grant its
payments, less what came back; of the fund itself its own costs, month by month. All by the ledger.
"""

from datetime import date, timedelta
from typing import Any

from lxml.builder import E
from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Event
from grants.core.funds.models import Fund
from grants.core.kernel.clock import months_after
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language, use_language
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import RegionalGroup
from grants.granting.summaries.measured import MeasuredResult
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
from grants.publishing.standards.iati_elements import (
    activity_dates,
    classified,
    narrated,
    of_year,
    participant,
    reporting,
    spoken,
    transaction,
    web_page,
    written,
)
from grants.publishing.standards.identifiers import (
    activity_identifier,
    fund_identifier,
    grant_description,
    grant_title,
)

TO_ADD_UP, ADDED_UP = "1", "0"
"""Whether viewers may add results of activities."""
OTHER = "4"
"""The kind of a description beside the general one."""
QUALITATIVE, OTHER_RESULT = "5", "9"
"""An indicator in words, and a result of no certain level."""
FUNDING, EXTENDING, IMPLEMENTING = "1", "3", "4"
INCOMING, COMMITMENT, DISBURSEMENT, EXPENDITURE = "1", "2", "3", "4"
"""Kinds of transactions."""
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


def activities_xml(session: Session, fund: Fund) -> bytes:
    """The file of activities of a fund."""
    with use_language("en"):
        moved = movements_of(session, fund)
        grants = published_grants(session, fund)
        activities = [
            _fund_activity(session, fund, grants),
            *(_grant_activity(fund, g, moved.get(f"award:{g.number}", [])) for g in grants),
        ]
    return written("iati-activities", activities)


def organisation_xml(session: Session, fund: Fund) -> bytes:
    """The file of the fund as an organisation: what it needs, and what it spent by year."""
    with use_language("en"):
        years = years_of_books(session, fund)
        spent = [(year, year_of(session, fund, year).use.total) for year in years]
        target = Money(fund.annual_target_minor, "USD")
        organisation = E(
            "iati-organisation",
            {"default-currency": "USD", **spoken()},
            E("organisation-identifier", fund_identifier(fund)),
            narrated("name", in_language(fund.name)),
            reporting(fund),
        )
        if target:
            organisation.append(of_year("total-budget", fund.today().year, target))
        organisation.extend(
            of_year("total-expenditure", year, amount) for year, amount in reversed(spent)
        )
    return written("iati-organisations", [organisation])


def _begun_activity(fund: Fund, identifier: str, level: str, title: str, about: str) -> Any:
    attributes = {"default-currency": "USD", "humanitarian": "0", "hierarchy": level}
    return E(
        "iati-activity",
        {**attributes, **spoken()},
        E("iati-identifier", identifier),
        reporting(fund),
        narrated("title", title),
        narrated("description", about, type="1"),
    )


def _grant_activity(fund: Fund, grant: PublishedGrant, moved: list[Movement]) -> Any:
    identifier = activity_identifier(fund, grant.reference)
    about = grant_description(fund, grant)
    activity = _begun_activity(fund, identifier, "2", grant_title(grant), about)
    if grant.summary:
        activity.append(narrated("description", grant.summary, type=OTHER))
    grantee = narrated("participating-org", grant.called, role=IMPLEMENTING)
    activity.extend([participant(fund, FUNDING), participant(fund, EXTENDING), grantee])
    activity.append(E("activity-status", {"code": STATUS[grant.status]}))
    activity.extend(activity_dates(grant.starts_on, grant.ends_on))
    activity.append(_place_of(grant))
    activity.extend(classified(PROJECT_AID))
    activity.extend(_budgets_of(grant))
    if grant.status != "approved":
        activity.append(
            transaction(COMMITMENT, grant.approved_on, grant.awarded, _("Award"), "award")
        )
    activity.extend(_moved_money(grant, movement) for movement in moved)
    activity.append(web_page(f"/funds/{fund.code}/grants/{grant.reference}", grant_title(grant)))
    related = {"ref": activity_identifier(fund), "type": "1"}
    activity.append(E("related-activity", related))
    activity.extend(_people_of(grant))
    activity.extend(_indicator_of(grant, result) for result in grant.results)
    return activity


def _indicator_of(grant: PublishedGrant, result: MeasuredResult) -> Any:
    """A measured result in the words of the organisation: qualitative, so without numbers."""
    period = E(
        "period",
        E("period-start", {"iso-date": grant.starts_on.isoformat()}),
        E("period-end", {"iso-date": grant.ends_on.isoformat()}),
    )
    for tag, text in (("target", result.target), ("actual", result.reached)):
        if text:
            period.append(E(tag, narrated("comment", text)))
    indicator = E("indicator", {"measure": QUALITATIVE}, narrated("title", result.indicator))
    if result.baseline:
        year = str(grant.starts_on.year)
        indicator.append(E("baseline", {"year": year}, narrated("comment", result.baseline)))
    indicator.append(period)
    title = narrated("title", result.indicator)
    return E("result", {"type": OTHER_RESULT, "aggregation-status": ADDED_UP}, title, indicator)


def _people_of(grant: PublishedGrant) -> list[Any]:
    """People planned, and counted in published results, where both or either may be told."""
    period = E(
        "period",
        E("period-start", {"iso-date": grant.starts_on.isoformat()}),
        E("period-end", {"iso-date": grant.ends_on.isoformat()}),
    )
    for tag, people in (("target", grant.planned), ("actual", grant.reached)):
        if people is not None:
            period.append(E(tag, {"value": str(people)}))
    return _people_reached([period], ADDED_UP) if grant.planned or grant.reached else []


def _budgets_of(grant: PublishedGrant) -> list[Any]:
    """What was awarded, by the years of the grant and their days: viewers do not count a budget
    of more than a year.
    """
    begins = [grant.starts_on]
    while (following := months_after(grant.starts_on, 12 * len(begins))) <= grant.ends_on:
        begins.append(following)
    ends = [*(day - timedelta(days=1) for day in begins[1:]), grant.ends_on]
    days = [(end - begin).days + 1 for begin, end in zip(begins, ends, strict=True)]
    parts = zip(begins, ends, grant.awarded.allocate(days), strict=True)
    return [_budget_of(begin, end, grant.approved_on, part) for begin, end, part in parts]


def _budget_of(begin: date, end: date, decided: date, amount: Money) -> Any:
    return E(
        "budget",
        {"type": "1", "status": "2"},
        E("period-start", {"iso-date": begin.isoformat()}),
        E("period-end", {"iso-date": end.isoformat()}),
        E("value", {"value-date": decided.isoformat(), "currency": "USD"}, str(amount)),
    )


def _moved_money(grant: PublishedGrant, movement: Movement) -> Any:
    about = str(movement.event.label)
    number = f"entry-{movement.number}"
    receiver = narrated("receiver-org", grant.called)
    return transaction(DISBURSEMENT, movement.on, movement.amount, about, number, receiver)


def _place_of(grant: PublishedGrant) -> Any:
    if grant.country:
        return E("recipient-country", {"code": grant.country, "percentage": "100"})
    code = REGIONS[grant.region] if grant.region else WORLD
    return E("recipient-region", {"code": code, "vocabulary": "1", "percentage": "100"})


def _fund_activity(session: Session, fund: Fund, grants: list[PublishedGrant]) -> Any:
    activity = _begun_activity(
        fund, activity_identifier(fund), "1", in_language(fund.name), in_language(fund.purpose)
    )
    activity.extend([participant(fund, FUNDING), participant(fund, EXTENDING)])
    activity.append(E("activity-status", {"code": IMPLEMENTATION}))
    years = years_of_books(session, fund)
    activity.extend(activity_dates(date(years[-1], 1, 1), None))
    if fund.contact_email or fund.contact_telephone:
        activity.append(_contact_of(fund))
    activity.append(E("recipient-region", {"code": WORLD, "vocabulary": "1", "percentage": "100"}))
    activity.extend(classified(POOLED_AID))
    activity.extend(_came_in(line) for line in contributions_after(session, fund))
    activity.extend(
        transaction(INCOMING, on, -amount, str(Event.DONOR_REFUNDED.label), f"entry-{number}")
        for number, on, amount in refunds_to_donors(session, fund)
    )
    activity.extend(_own_cost(fund, cost) for cost in costs_by_month(session, fund))
    activity.append(web_page(f"/funds/{fund.code}", in_language(fund.name)))
    activity.append(web_page(f"/funds/{fund.code}/source-and-use", _("Source and use of funds")))
    activity.extend(
        E("related-activity", {"ref": activity_identifier(fund, grant.reference), "type": "2"})
        for grant in grants
    )
    activity.extend(_results_of(counts_of(session, fund)))
    return activity


def _contact_of(fund: Fund) -> Any:
    contact = E("contact-info", {"type": "1"}, narrated("organisation", in_language(fund.name)))
    if fund.contact_telephone:
        contact.append(E("telephone", fund.contact_telephone))
    if fund.contact_email:
        contact.append(E("email", fund.contact_email))
    return contact


def _came_in(line: PublishedContribution) -> Any:
    provider = [narrated("provider-org", line.donor)] if line.donor else []
    return transaction(
        INCOMING, line.on, line.usd, _("Contribution"), f"entry-{line.number}", *provider
    )


def _own_cost(fund: Fund, cost: FundCost) -> Any:
    day = min(cost.last_day, fund.today())
    number = f"{cost.account.value}-{cost.last_day:%Y-%m}"
    return transaction(EXPENDITURE, day, cost.amount, str(cost.account.label), number)


def _results_of(counts: list[PublishedCount]) -> list[Any]:
    """People reached by year, in all and by sex where that is published."""
    years = sorted({count.year for count in counts if count.year is not None and count.people})
    by_year = {year: [count for count in counts if count.year == year] for year in years}
    periods = [_period_of(year, members) for year, members in by_year.items()]
    return _people_reached(periods, TO_ADD_UP) if periods else []


def _people_reached(periods: list[Any], adding: str) -> list[Any]:
    """The result of an activity that counts people; those of a grant are in those of its fund."""
    indicator = E("indicator", {"measure": "1"}, narrated("title", _("People reached")))
    indicator.extend(periods)
    attributes = {"type": "1", "aggregation-status": adding}
    return [E("result", attributes, narrated("title", _("People reached")), indicator)]


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
