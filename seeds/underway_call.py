"""This year's comprehensive call: its applications are at every point of the way."""

from dataclasses import dataclass, replace
from datetime import date

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.applying.calls.models import Call
from grants.core.funds.models import Fund
from grants.deciding.awards.models import Award
from grants.deciding.sessions.models import BoardSession
from seeds import (
    advising,
    applying,
    deciding,
    examining,
    granting,
    titles,
)
from seeds.company import (
    GRANTEE,
    Company,
    days_after,
)
from seeds.projects import Proposal, proposal


def plant_underway(company: Company, fund: Fund, scale: int) -> None:
    """This year's comprehensive call: something waits for everyone."""
    opens, closes = days_after(company.today, -170), days_after(company.today, -110)
    call = applying.plant_call(
        company,
        fund,
        "SGP2",
        f"Comprehensive assistance to victims of trafficking, {company.today.year}",
        opens,
        closes,
        envelope=500_000 * scale,
    )
    day, ways = days_after(closes, 10), []
    for place in range(24 * scale):
        idea = _of_grantee(100 + place) if place == RUNNING else proposal(100 + place)
        application = applying.hand_in(company, call, idea, days_after(opens, 5 + place % 50))
        ways.append(Way(company, application, idea, place, day))
    others = [_another(company, call, place, day) for place in range(len(WELL_SCORED))]
    recommended = [way for way in ways if _comes_before_the_board(way)]
    _advise(company, fund, call, recommended, day)
    for way in recommended:
        _as_far_as(way)
    advising.plant_sessions(company, fund, others[:3])
    at_once = _decide_at_once(company, fund, others[5], proposal(WELL_SCORED[5]), 20)
    advising.sign_decisions(company, at_once, days_after(company.today, -11))
    _decide_at_once(company, fund, others[6], proposal(WELL_SCORED[6]), 13)
    deciding.set_apart(company, others[3], others[4], days_after(day, 44))
    deciding.change_reviewers(company, [way.application for way in ways], days_after(day, 16))
    deciding.reopen_reviews(company, [way.application for way in ways], days_after(day, 35))
    applying.close(company, call)
    deciding.compare(company, call, days_after(company.today, -4))
    examining.plant_risks(company, fund, [way.application for way in ways])


RUNNING = 11
"""The place of the second grant of the organisation that signs in as the grantee: it runs."""


def _of_grantee(number: int) -> Proposal:
    """A proposal of the organisation that signs in as the grantee."""
    own = proposal(GRANTEE)
    return replace(
        proposal(number),
        organisation=own.organisation,
        country=own.country,
        place=own.place,
        tongue=own.tongue,
        contact=own.contact,
        title=titles.title(own.tongue, number),
    )


WELL_SCORED = (125, 133, 136, 141, 144, 157, 149)
"""The numbers of seven good proposals."""
SET_APART = (3, 4)
"""The places of those that are not recommended."""


def _another(company: Company, call: Call, place: int, day: date) -> Application:
    """One of seven more that were reviewed; most are recommended, each for a session of its own."""
    idea = proposal(WELL_SCORED[place])
    opened = call.opens_at.date()
    application = applying.hand_in(company, call, idea, days_after(opened, 12 + 7 * place))
    way = Way(company, application, idea, place, day)
    reviewed = all(step(way) for step in BEFORE[: 3 if place in SET_APART else 4])
    assert reviewed, f"proposal {idea.number} is not good enough"
    return application


def _decide_at_once(
    company: Company, fund: Fund, application: Application, idea: Proposal, days_ago: int
) -> BoardSession:
    """One that could not wait: a session of its own, and the award."""
    held = days_after(company.today, -days_ago)
    meeting = advising.prepare(company, fund, [application], days_after(held, -10), held)
    advising.hold(company, meeting)
    award = deciding.approve(
        company, application, idea.usd * 9 // 10, idea.months, days_after(held, 6)
    )
    assert award is not None
    return meeting


def _comes_before_the_board(way: "Way") -> bool:
    """Each application stands at another point of the way, by its place."""
    return all(step(way) for step in BEFORE[: way.far]) and way.far >= len(BEFORE)


def _advise(company: Company, fund: Fund, call: Call, ways: list["Way"], day: date) -> None:
    """A session of the Board was held on most recommendations, and one is ahead."""
    late = (ApplicationState.REVIEWED, ApplicationState.NOT_RECOMMENDED)
    advising.declare_interests(company, call, days_after(day, 45), late)
    first = [way.application for way in ways if way.far > len(BEFORE)]
    held = advising.prepare(company, fund, first, days_after(day, 42), days_after(day, 55))
    advising.hold(company, held)
    later = [way.application for way in ways if way.far == len(BEFORE)]
    if later:
        ahead = days_after(company.today, 9)
        meeting = advising.prepare(company, fund, later, days_after(company.today, -6), ahead)
        advising.give_opinions(company, meeting, days_after(company.today, -3))


def _as_far_as(way: "Way") -> None:
    for step in AFTER[: max(way.far - len(BEFORE) - 1, 0)]:
        if not step(way):
            return
    if way.award and way.place % len(FAR) == len(FAR) - 1:
        granting.run(way.company, way.award, way.idea, instalments=1)
    elif way.award and way.award.agreement_signed_on:
        granting.certify_only(way.company, way.award)


@dataclass
class Way:
    """One application's way through the year, step by step; a step says whether it goes on."""

    company: Company
    application: Application
    idea: Proposal
    place: int
    day: date
    award: Award | None = None

    @property
    def far(self) -> int:
        """How many steps it has come; the Board's advice is the fifth."""
        return FAR[self.place % len(FAR)]

    @property
    def usd(self) -> int:
        return self.idea.usd * 9 // 10

    def after(self, days: int) -> date:
        return days_after(self.day, days)

    def screen(self) -> bool:
        return deciding.screen(self.company, self.application, self.idea, self.day)

    def assign(self) -> bool:
        deciding.assign(self.company, self.application, self.place, self.after(5))
        if self.place == HALF_READ:
            deciding.declare(self.company, self.application, self.after(12))
        return True

    def review(self) -> bool:
        deciding.review(self.company, self.application, self.idea, self.after(15))
        return deciding.is_worthy(self.company, self.application, self.usd)

    def recommend(self) -> bool:
        deciding.recommend(self.company, self.application, self.usd, self.after(40))
        return True

    def approve(self) -> bool:
        self.award = deciding.approve(
            self.company, self.application, self.usd, self.idea.months, self.after(60)
        )
        return self.award is not None

    def sign(self) -> bool:
        assert self.award is not None
        granting.sign(self.company, self.award, self.idea, self.after(72))
        return True


BEFORE = (Way.screen, Way.assign, Way.review, Way.recommend)
AFTER = (Way.approve, Way.sign)
FAR = (0, 1, 2, 3, 2, 3, 4, 5, 5, 6, 7, 7)
"""How many steps the applications have come, in turn."""
HALF_READ = 16
"""The one whose first reviewer has declared, and not scored yet."""
