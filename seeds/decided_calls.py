"""The calls of earlier years: decided, their grants running or done."""

from datetime import date

from grants.applying.applications.models import Application
from grants.applying.calls.models import Call
from grants.core.funds.models import Fund
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from grants.deciding.awards.models import Award
from seeds import (
    advising,
    applying,
    circulating,
    deciding,
    granting,
)
from seeds.company import (
    EDITOR,
    GRANTEE,
    READER,
    SIGNATORY,
    Company,
    days_after,
    on,
)
from seeds.projects import Proposal, proposal


def plant_decided(
    company: Company,
    fund: Fund,
    closes: date,
    numbers: range,
    *,
    envelope: int,
    keep_open: int = 0,
) -> Call:
    """The call of an earlier year: decided, its grants running or done. Whole USD."""
    call = applying.plant_call(
        company,
        fund,
        "SGP1",
        f"Short-term humanitarian aid to victims of trafficking, {closes.year}",
        days_after(closes, -61),
        closes,
        envelope=envelope,
        cycle=f"{closes.year}–{closes.year + 1}",
    )
    chosen = []
    for number in numbers:
        idea = proposal(number)
        application = applying.hand_in(company, call, idea, days_after(closes, number % 25 - 26))
        if deciding.screen(company, application, idea, days_after(closes, 8 + number % 5)):
            deciding.assign(company, application, number, days_after(closes, 14 + number % 3))
            deciding.review(company, application, idea, days_after(closes, 21 + number % 9))
            chosen.append((application, idea))
        if number == GRANTEE:
            _colleagues(company, application.organisation, days_after(closes, 3))
    applying.close(company, call)
    advising.declare_interests(company, call, days_after(closes, 48))
    _decide(company, chosen, days_after(closes, 60), awards=len(numbers) * 13 // 24)
    for award, idea in company.grants:
        if idea.number != GRANTEE:
            granting.close(company, award, keep_open=keep_open)
    applying.publish(company, call, days_after(closes, 109))
    return call


COLLEAGUES = (
    (EDITOR, Role.ORGANISATION_EDITOR),
    (SIGNATORY, Role.ORGANISATION_SIGNATORY),
    (READER, Role.ORGANISATION_READER),
)


def _colleagues(company: Company, organisation: Organisation, day: date) -> None:
    """The organisation that shows the grantee's pages has one person of each role."""
    with on(day):
        for name, role in COLLEAGUES:
            appoint(company.session, company.enter(name), role, organisation=organisation)


CALLED_OFF = 9
"""The place of the award that ends before its agreement was signed."""


TO_REPORT = (3, 4)
"""The places of two grants of last year's call that have just ended: their final reports wait."""


def _months(company: Company, day: date) -> int:
    """How long a grant of this decision is that ended with the month before last week; at most 24
    months, as its call allows.
    """
    starts, week_ago = days_after(day, 20), days_after(company.today, -6)
    months = (week_ago.year - starts.year) * 12 + week_ago.month - starts.month - 1
    return min(months, 24)


def _decide(
    company: Company,
    reviewed: list[tuple[Application, Proposal]],
    day: date,
    awards: int,
) -> None:
    """The best are recommended and approved while money lasts; the others hear why not."""
    ranked = sorted(reviewed, key=lambda pair: pair[1].strength, reverse=True)
    for place, (application, idea) in enumerate(ranked):
        usd = idea.usd * 9 // 10
        if place >= awards or not deciding.is_worthy(company, application, usd):
            reason = "Others scored higher, and the money does not reach for all."
            deciding.turn_down(company, application, day, reason)
            continue
        deciding.recommend(company, application, usd, day)
        deciding.advise(company, application, usd, days_after(day, 10))
        months = _months(company, day) if place in TO_REPORT else idea.months
        award = deciding.approve(company, application, usd, months, days_after(day, 20))
        if award is not None and place == CALLED_OFF:
            _end_unsigned(company, application, award, day)
        elif award is not None:
            granting.sign(company, award, idea, days_after(day, 34))
            granting.run(company, award, idea)


def _end_unsigned(company: Company, application: Application, award: Award, day: date) -> None:
    """An award of last year was not signed in time; one of the year before was cancelled."""
    if day.year == company.today.year - 1:
        circulating.let_lapse(company, application, award, days_after(day, 25))
    else:
        deciding.call_off(company, application, award, days_after(day, 31))
