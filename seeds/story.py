"""The demonstration from its first day to yesterday, told through the fund's own acts."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.applying.calls.models import Call
from grants.applying.submissions.service import withdraw_call
from grants.books.ledger.models import Entry
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.funds.service import UNVTF, establish
from grants.core.kernel import clock
from grants.core.people.models import Membership, Organisation, Person
from grants.core.people.permissions import Role
from grants.core.people.queries import person_by_email
from grants.core.people.service import appoint
from grants.deciding.awards.models import Award
from grants.deciding.sessions.models import BoardSession
from grants.platform.messages.models import Message
from seeds import (
    advising,
    alleging,
    applying,
    banking,
    books,
    certifying,
    changing,
    circulating,
    closing,
    colleagues,
    deciding,
    doubles,
    earlier,
    examining,
    finding,
    gifts,
    giving,
    granting,
    leaving,
    missions,
    monitoring,
    moving,
    notifying,
    outreach,
    outside,
    paying,
    pledging,
    prospects,
    signing,
    titles,
    two_stages,
    visiting,
)
from seeds.cast import STAFF
from seeds.charters import SLAVERY_FUND, decide_names, describe
from seeds.company import (
    EDITOR,
    GRANTEE,
    READER,
    SIGNATORY,
    Company,
    days_after,
    gather,
    on,
    plant_staff,
)
from seeds.giving import Known
from seeds.projects import Proposal, proposal
from seeds.rates import plant_rates

KEPT_LETTERS = 30
"""E-mails of the last days that are really delivered; the older ones are only on record."""


def is_empty(session: Session) -> bool:
    """Nobody has ever been entered, and no history taken over."""
    kinds = (Person.id, Organisation.id, Entry.id)
    return all(session.scalar(select(kind).limit(1)) is None for kind in kinds)


def is_planted(session: Session) -> bool:
    """The demonstration's people are here."""
    return person_by_email(session, STAFF[0].email) is not None


def plant(session: Session, today: date, scale: int = 1) -> None:
    """The whole demonstration; `scale` times as many applications and pledges."""
    first = date(today.year - 3, 1, 2)
    earlier.begin(session)
    with on(first):
        fund = establish(session, UNVTF)
        other = establish(session, replace(SLAVERY_FUND, time_zone=fund.time_zone))
        company = gather(session, fund, today)
        plant_rates(session, first, today, Act.by_system("demonstration"))
        describe(company, fund, other)
    banking.open_accounts(company, fund, other)
    donors = _plant_giving(company, fund, other, first)
    examining.plant_list(company, days_after(today, -26), newer=True)
    prospects.plant_prospects(company, fund)
    books.plant_books(company, fund, other)
    pledging.plant_changes(company, fund, donors)
    gifts.plant_gifts(company, fund)
    outreach.plant_outreach(company, fund, donors)
    outside.plant_outside(company, fund)
    _plant_calls(company, fund, scale)
    banking.plant_statements(company, fund)
    missions.plant_rotation(company, donors)
    _last_days(company, fund, other, donors)
    colleagues.plant_casework(company)
    earlier.end(session)


def _plant_giving(company: Company, fund: Fund, other: Fund, first: date) -> list[Known]:
    """The donors, examined and examined again, and what they give year by year."""
    donors = giving.plant_donors(company, first)
    examining.plant_list(company, first)
    prospects.plant_namesake(company, first)
    examining.plant_contacts(company, donors, first)
    missions.plant_missions(company, donors, first)
    examining.plant_clearances(company, fund, donors, first)
    for year in range(first.year, company.today.year + 1):
        if year == company.today.year:
            examining.plant_clearances(company, fund, donors, date(year, 1, 2))
        giving.plant_pledges(company, fund, donors, year)
        giving.plant_pledges(company, other, donors[year % 2 :: 4], year)
    giving.plant_unidentified(company, fund)
    return donors


def _last_days(company: Company, fund: Fund, other: Fund, donors: list[Known]) -> None:
    """What happened lately, and last of all the certificates of last year: in January its months
    are closed only now.
    """
    with on(days_after(company.today, -2)):
        plant_staff(company, fund)
        banking.plant_change(company, fund)
    doubles.plant_doubles(company)
    doubles.plant_verifications(company)
    doubles.plant_papers(company)
    granting.leave_open(company)
    granting.publish_results(company)
    granting.draw_sample(company)
    changing.plant_changes(company)
    paying.plant_payments(company)
    circulating.leave_on_the_way(company, fund)
    closing.plant_endings(company)
    finding.plant_findings(company)
    monitoring.plant_monitoring(company)
    alleging.plant_allegations(company)
    certifying.plant_certificates(company, fund, donors)
    moving.plant_imports(company, other)
    leaving.plant_openings(company)
    leaving.plant_requests(company)
    decide_names(company)
    leaving.plant_retention(company)
    _plant_programs(company)
    _forget_old_letters(company.session)


def _plant_programs(company: Company) -> None:
    """Other systems of the fund: those that come in, and those that are notified."""
    leaving.plant_tokens(company)
    notifying.plant_webhooks(company)


def _plant_calls(company: Company, fund: Fund, scale: int) -> None:
    """One for each year: three are decided, one is being decided, and one is open."""
    year = company.today.year
    first, second, third = date(year - 3, 4, 16), date(year - 2, 1, 31), date(year - 1, 1, 31)
    oldest = _finished_call(company, fund, first, range(320, 326), envelope=120_000)
    _finished_call(
        company, fund, second, range(300, 300 + 12 * scale), envelope=250_000 * scale, keep_open=3
    )
    _finished_call(company, fund, third, range(24 * scale), envelope=500_000 * scale)
    _call_being_decided(company, fund, scale)
    visiting.plant_blind_call(company, fund)
    _withdrawn_call(company, fund)
    two_stages.plant_two_stages(company, fund)
    _open_call(company, fund, scale)
    coming = applying.prepare_next(company, fund)
    applying.put_to_the_test(company, coming)
    signing.plant_signed_call(company, fund)
    applying.put_away(company, oldest, days_after(company.today, -20))


def _finished_call(
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


def _call_being_decided(company: Company, fund: Fund, scale: int) -> None:
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


def _withdrawn_call(company: Company, fund: Fund) -> None:
    """A call that was opened in spring and taken back: the money it was made for did not come."""
    opens = days_after(company.today, -140)
    call = applying.plant_call(
        company,
        fund,
        "SGP1",
        f"Aid after the floods of spring {company.today.year}",
        opens,
        days_after(opens, 60),
        highest=25_000,
        months=8,
        envelope=100_000,
    )
    applying.hand_in(company, call, _small(proposal(142)), days_after(opens, 6))
    why = "The contributions that were announced for it go to another fund."
    with on(days_after(opens, 24)):
        withdraw_call(company.session, call, company.act(Role.FUND_MANAGER, why))


def _open_call(company: Company, fund: Fund, scale: int) -> None:
    """A call that takes applications now: some are in, some are half written."""
    opens = days_after(company.today, -21)
    call = applying.plant_call(
        company,
        fund,
        "SGP1",
        f"Short-term humanitarian aid to victims of trafficking, {company.today.year + 1}",
        opens,
        days_after(company.today, 45),
        highest=20_000,
        months=8,
        envelope=200_000,
        cycle=f"{company.today.year}–{company.today.year + 1}",
    )
    for place in range(12 * scale):
        idea = _small(proposal(200 + place))
        day = days_after(opens, 2 + place)
        if place < 6:
            application = applying.hand_in(company, call, idea, day)
            if place == 5:
                applying.take_back(company, application, idea, days_after(day, 3))
        else:
            applying.write(company, call, idea, day, sections=place % 11)
    _grantee_applies_again(company, call)
    applying.plant_questions(company, call, days_after(company.today, -9))


def _grantee_applies_again(company: Company, call: Call) -> None:
    """A person who signs in for the grantee finds an application that is half written, too."""
    idea = proposal(GRANTEE)
    person = company.enter(idea.contact)
    organisation = company.session.scalars(
        select(Organisation).join(Membership).where(Membership.person_id == person.id)
    ).one()
    day = days_after(company.today, -3)
    draft = applying.write_for(organisation, person, company, call, _small(idea), day, sections=8)
    applying.comment_on(company, draft, person, days_after(day, 1))


def _small(idea: Proposal) -> Proposal:
    """The same idea within the limits of the small call."""
    return replace(idea, usd=6_000 + idea.usd % 13_000, months=min(idea.months, 8))


def _forget_old_letters(session: Session) -> None:
    """What the story's e-mails said is on record; only the newest go out."""
    newest = select(Message.id).order_by(Message.id.desc()).limit(KEPT_LETTERS)
    session.execute(update(Message).where(Message.id.not_in(newest)).values(sent_at=clock.now()))
    session.execute(
        text(
            "DELETE FROM procrastinate_jobs WHERE task_name = 'messages.deliver' AND "
            "(args->>'message_id')::bigint IN (SELECT id FROM message WHERE sent_at IS NOT NULL)"
        )
    )
