"""From closed call to award: screening, reviews, recommendation, advice, approval."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.applying.calls.models import Call
from grants.core.kernel.errors import DomainError
from grants.core.kernel.money import Money, usd
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.deciding.awards import service as awards
from grants.deciding.awards.models import Award
from grants.deciding.awards.order import awaiting_with
from grants.deciding.board import service as recommendations
from grants.deciding.board.models import Endorsement
from grants.deciding.board.order import passed_over
from grants.deciding.feedback.queries import suggested
from grants.deciding.letters.writing import Words, write
from grants.deciding.portfolio import scenarios
from grants.deciding.reviews import reopening
from grants.deciding.reviews import service as reviews
from grants.deciding.reviews.drafting import Draft, Mark
from grants.deciding.reviews.queries import reviews_of
from grants.deciding.reviews.scoring import HIGHEST
from grants.deciding.reviews.workflow import ReviewState
from grants.deciding.screening import service as screening
from grants.platform.documents.service import keep
from grants.platform.file_checks.checks import Upload
from seeds.company import Company, days_after, on
from seeds.grantees import examine_grantee
from seeds.projects import Proposal
from seeds.scans import page_saying

REASONS = (
    "Figures and sources are given, and the people are the right ones.",
    "The plan is clear; the results can be counted.",
    "The organisation has done this before, with good references.",
    "The costs are usual for the country.",
)
COMMENTS = (
    "Worth the money.",
    "A small organisation that knows its district. I would fund it, and visit it in spring.",
    "The need is beyond doubt; the budget for staff is on the high side.",
    "",
    "The plan for what comes after the grant is thin, everything else convinces.",
    "Careful about the safety of people at every step: an example for others.",
    "I would have liked to read more about the partners. The referral sheet is a good idea.",
)
"""What reviewers write at the end; some write nothing."""
WHY = (
    "Among the best scored, in a country with no other grant.",
    "Well scored by both reviewers; the only proposal that reaches boys.",
    "A convincing plan, and the hotline refers to this shelter already.",
    "Among the best scored. The sum is below what was asked for, as the vehicle is not needed.",
)
ADVICE = (
    "The Board endorses the proposal.",
    "The Board endorses the proposal, and asks for a visit in the first six months.",
    "The Board endorses the proposal. One member would have preferred a smaller sum.",
)
DEPARTURES = (
    "No grant of the fund reaches this region. Those ranked above it work where two run already.",
    "Those ranked above it are still being discussed with the organisations.",
    "The centre would close before those ranked above it can be decided on.",
)
FOR_APPLICANTS = (
    "Say where the figures come from, and how many people you expect to reach in each month.",
    "Name the partners who refer people to you, and attach their letters.",
    "Show for each cost which activity it serves.",
)


def screen(company: Company, application: Application, proposal: Proposal, day: date) -> bool:
    """Eligible, unless it was registered too late."""
    late = proposal.number % 17 == 11
    checks = {
        criterion["key"]: screening.Answer(
            met=not (late and criterion["key"] == "registered_by"),
            reason="The certificate was issued after the day that the call sets."
            if late and criterion["key"] == "registered_by"
            else "",
        )
        for criterion in application.call.eligibility
    }
    with on(day):
        state = screening.decide(
            company.session, application, checks, company.act(Role.PROGRAMME_OFFICER)
        )
    return state is ApplicationState.ELIGIBLE


def assign(company: Company, application: Application, number: int, day: date) -> list[Person]:
    """Two reviewers, in turn."""
    everybody = company.people[Role.REVIEWER]
    chosen = [everybody[number % 4], everybody[(number + 1 + number // 4 % 3) % 4]]
    with on(day):
        reviews.assign(company.session, application, chosen, company.act(Role.PROGRAMME_OFFICER))
    return chosen


def review(
    company: Company, application: Application, proposal: Proposal, day: date, most: int = 2
) -> None:
    """The reviewers declare and score; `most` of them, where some are still at it."""
    standing = reviews_of(company.session, application)
    for place, one in enumerate(standing[:most]):
        act_day = days_after(day, place * 3)
        with on(act_day):
            act = company.act_of(one.reviewer)
            reviews.declare_no_conflict(company.session, one, act)
            draft = Draft(
                _marks(application, proposal, place),
                COMMENTS[(proposal.number + 2 * place) % len(COMMENTS)],
            )
            reviews.submit(company.session, one, draft, act)


def declare(company: Company, application: Application, day: date) -> None:
    """The first of its reviewers has no conflict of interest, and reads it now."""
    one = reviews_of(company.session, application)[0]
    with on(day):
        reviews.declare_no_conflict(company.session, one, company.act_of(one.reviewer))


def _marks(application: Application, proposal: Proposal, place: int) -> dict[str, Mark]:
    base = proposal.strength * HIGHEST / 100
    marks = {}
    for row, criterion in enumerate(application.call.criteria):
        swing = ((proposal.number * 7 + row * 3 + place * 4) % 5 - 2) / 2
        score = max(1, min(HIGHEST, round(base + swing)))
        reason = REASONS[(row + place) % len(REASONS)]
        advice = FOR_APPLICANTS[(row + place) % len(FOR_APPLICANTS)] if row % 4 == place else ""
        marks[criterion["key"]] = Mark(score, reason, advice)
    return marks


def is_worthy(company: Company, application: Application, usd: int) -> bool:
    """Above the minimum score, and within the call's limits."""
    amount = Money(usd * 100, "USD")
    return not recommendations.limits_exceeded(company.session, application, amount)


def recommend(company: Company, application: Application, usd: int, day: date) -> None:
    """The fund manager recommends; the Board has advised a week later."""
    manager = company.act(Role.FUND_MANAGER).actor
    above = passed_over(company.session, [application], manager)[application.id]
    proposal = recommendations.Proposal(
        Money(usd * 100, "USD"),
        WHY[application.id % len(WHY)],
        departure=DEPARTURES[application.id % len(DEPARTURES)] if above else "",
    )
    with on(day):
        recommendations.recommend(
            company.session, application, proposal, company.act(Role.FUND_MANAGER)
        )


def advise(company: Company, application: Application, usd: int, day: date) -> None:
    """The Board met on paper; its advice is entered with the signed minutes."""
    with on(day):
        act = company.act(Role.FUND_MANAGER)
        minutes = page_saying(f"Minutes of the Board of Trustees, {day.year}. Signed.")
        advice = recommendations.BoardAdvice(
            day,
            Endorsement.ENDORSED,
            Money(usd * 100, "USD"),
            ADVICE[application.id % len(ADVICE)],
            minutes=keep(company.session, Upload("minutes.pdf", minutes), act),
        )
        recommendations.record_advice(
            company.session, application, advice, company.act(Role.FUND_MANAGER)
        )


def approve(
    company: Company, application: Application, usd: int, months: int, day: date
) -> Award | None:
    """The approving officer approves, while there is money."""
    starts = date(day.year, day.month, 1) if day.day == 1 else _first_after(day)
    terms = awards.Terms(Money(usd * 100, "USD"), starts, _end(starts, months))
    examine_grantee(company, application.call.fund, application.organisation, days_after(day, -3))
    with on(day):
        try:
            with company.session.begin_nested():
                act = company.act(Role.APPROVING_OFFICER)
                if awaiting_with(company.session, [application], act.actor)[application.id]:
                    act = replace(act, reason="The others wait for an answer on their budgets.")
                return awards.approve(company.session, application, terms, act)
        except DomainError:
            return None


def turn_down(company: Company, application: Application, day: date, reason: str) -> None:
    """Not recommended, and rejected by the approving officer."""
    with on(day):
        act = company.act(Role.FUND_MANAGER, reason)
        recommendations.not_recommend(company.session, application, act)
    with on(days_after(day, 12)):
        advice = suggested(company.session, [application.id])[application.id]
        words = Words("We would be glad to read a new proposal from you.", advice)
        write(company.session, application, words, company.act(Role.PROGRAMME_OFFICER))
    with on(days_after(day, 20)):
        act = company.act(Role.APPROVING_OFFICER, reason)
        awards.reject(company.session, application, act)


def call_off(company: Company, application: Application, award: Award, day: date) -> None:
    """The award is cancelled before the agreement was signed, and the application turned down."""
    why = "The authorities have withdrawn the registration of the organisation."
    with on(day):
        awards.cancel_award(company.session, award, company.act(Role.APPROVING_OFFICER, why))
    with on(days_after(day, 3)):
        awards.reject(company.session, application, company.act(Role.APPROVING_OFFICER, why))


def set_apart(company: Company, kept: Application, turned_down: Application, day: date) -> None:
    """One waits on the reserve list; another is not recommended, and not decided yet."""
    with on(day):
        why = (
            "Good, but the money of this call is spent. Take it up if another grant falls through."
        )
        act = company.act(Role.FUND_MANAGER, why)
        recommendations.keep_in_reserve(company.session, kept, act)
        why = "Most of the budget pays for vehicles, and the hospital nearby does the same work."
        act = company.act(Role.FUND_MANAGER, why)
        recommendations.not_recommend(company.session, turned_down, act)


def change_reviewers(company: Company, applications: Sequence[Application], day: date) -> None:
    """One reviewer steps aside, and another falls ill: both places are to be filled anew."""
    table = company.people[Role.REVIEWER][0]
    waiting = [
        one
        for application in applications
        for one in reviews_of(company.session, application)
        if one.state is ReviewState.ASSIGNED and one.reviewer is not table
    ]
    steps_aside, falls_ill = waiting[-2:]
    with on(day):
        why = "I advised this organisation two years ago."
        reviews.recuse(company.session, steps_aside, company.act_of(steps_aside.reviewer, why))
        why = "Ill until the end of the month."
        reviews.release(company.session, falls_ill, company.act(Role.PROGRAMME_OFFICER, why))


def reopen_reviews(company: Company, applications: Sequence[Application], day: date) -> None:
    """Two reviews are reopened: one has been submitted again, the other is being scored."""
    table = company.people[Role.REVIEWER][0]
    reviewed = (one for one in applications if one.state is ApplicationState.REVIEWED)
    done = [
        one
        for application in reviewed
        for one in reviews_of(company.session, application)
        if one.reviewer is table
    ]
    again, waiting = done[:2]
    for one, why in (
        (again, "Your reasons speak of a vehicle, and this budget has none. Was it another file?"),
        (waiting, "The budget was explained after you scored it. Please read section 4 once more."),
    ):
        with on(day):
            act = company.act(Role.FUND_MANAGER, why)
            reopening.reopen(company.session, one, one.version, act)
    with on(days_after(day, 3)):
        scores = {key: Mark(mark["score"], mark["reason"]) for key, mark in again.scores.items()}
        first = next(iter(scores))
        scores[first] = Mark(HIGHEST - 2, "It was another file. The budget is for staff and rent.")
        act = company.act_of(table)
        reviews.submit(company.session, again, Draft(scores, again.comment), act)


def _first_after(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _end(starts: date, months: int) -> date:
    """The last day of a grant of so many months."""
    month = starts.month - 1 + months
    return date.fromordinal(date(starts.year + month // 12, month % 12 + 1, 1).toordinal() - 1)


def compare(company: Company, call: Call, day: date) -> None:
    """Two selections of what is not decided: by score alone, and balanced between regions."""
    weights = {one["key"]: Decimal(str(one["weight"])) for one in call.criteria}
    balanced = (
        {"trait": "region=asia_pacific", "bound": "at_most", "limit": "2"},
        {"trait": "first_grant=yes", "bound": "at_least", "limit": "2"},
    )
    questions = (("By score alone", ()), ("Balanced between regions", balanced))
    for name, rules in questions:
        with on(day):
            asked = scenarios.ScenarioQuestion(name, usd(15_000_000), 90, weights, rules)
            scenarios.solve_scenario(company.session, call, asked, company.act(Role.FUND_MANAGER))
