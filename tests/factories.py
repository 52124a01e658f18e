"""Plain typed functions that bring the records a test needs, through the real acts."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import APPLICATION, ApplicationState
from grants.applying.calls.models import Call
from grants.applying.calls.service import Rules, draft_call, open_call
from grants.applying.calls.standard import STANDARD_FORM
from grants.applying.drafts.service import attach, save_section, start
from grants.applying.submissions.service import submit
from grants.books.ledger.entries import Voucher
from grants.books.ledger.receipts import book_interest
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin
from grants.core.database.numbering import next_number
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import Money, usd
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation, Person
from grants.core.people.permissions import Role
from grants.core.people.queries import people_of_organisation, viewer_of
from grants.core.people.service import appoint, enter_organisation, enter_person
from grants.deciding.awards import service as deciding
from grants.deciding.awards.models import Award
from grants.deciding.awards.service import Terms
from grants.deciding.board import service as recommendations
from grants.deciding.board.models import Endorsement
from grants.deciding.board.queries import recommendation_for
from grants.deciding.board.service import BoardAdvice, Proposal, Votes
from grants.deciding.interests.service import Declaration, declare
from grants.deciding.reviews import service as reviewing
from grants.deciding.reviews.drafting import Draft, Mark
from grants.deciding.reviews.models import Review
from grants.deciding.screening import service as screening
from grants.deciding.screening.service import Answer
from grants.fundraising.appeals import service as appeals
from grants.fundraising.appeals.models import Appeal, Mailing, Post
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.service import Arrival, record_deposit
from grants.giving.donors.models import Contact
from grants.giving.donors.service import Card, note_contact, welcome
from grants.giving.outreach import service as outreach
from grants.giving.outreach.models import Campaign, CampaignKind, Means, Outcome, OutreachContact
from grants.giving.pledges.changes.service import RequestedChange, request_change
from grants.giving.pledges.changes.service import approve as approve_change
from grants.giving.pledges.making import Offer, enter
from grants.giving.pledges.models import ChangeKind, Pledge, PledgeChange
from grants.giving.pledges.service import Agreement, sign_agreement
from grants.integrity.diligence.service import take_over
from grants.platform.documents.models import Document
from grants.platform.documents.service import keep
from grants.platform.file_checks.checks import Upload
from grants.platform.questionnaires.form import Form
from tests.applying.applications.answers import REQUIRED_PAPERS, complete_answers
from tests.platform.documents.files import pdf

# People ------------------------------------------------------------------------------------------


def a_person(session: Session, name: str = "Ama Mensah", language: str = "en") -> Person:
    """A person with an address of their own and no role."""
    email = f"{name.lower().replace(' ', '.')}@example.org"
    return enter_person(session, email, name, language)


def staff(session: Session, role: Role, name: str = "") -> Person:
    """One of the fund's people, with a role in every fund."""
    person = a_person(session, name or role.value.replace("_", " ").title())
    appoint(session, person, role)
    return person


def an_organisation(
    session: Session, name: str = "Casa Segura", country: str = "HN"
) -> Organisation:
    """A non-governmental organisation."""
    return enter_organisation(session, name, DonorKind.NGO, country)


def member(
    session: Session,
    organisation: Organisation,
    role: Role = Role.ORGANISATION_ADMIN,
    name: str = "Luz Reyes",
) -> Person:
    """A person who acts for an organisation."""
    person = a_person(session, name)
    appoint(session, person, role, organisation=organisation)
    return person


def act_of(session: Session, person: Person, reason: str | None = None) -> Act:
    """An act by this person, with the roles held now."""
    viewer = viewer_of(session, person.id)
    assert viewer is not None
    return Act(viewer, reason)


# Decisions ---------------------------------------------------------------------------------------

CRITERIA = [
    {
        "key": "need",
        "label": {"en": "Need"},
        "help": {"en": "How great is it?"},
        "weight": 40,
    },
    {"key": "method", "label": {"en": "Method"}, "help": {"en": "Will it work?"}, "weight": 35},
    {"key": "budget", "label": {"en": "Budget"}, "help": {"en": "Is it worth it?"}, "weight": 25},
]
ELIGIBILITY = [
    {"key": "registered_by", "label": {"en": "Registered in time"}},
    {"key": "limits", "label": {"en": "Amount within limits"}},
    {"key": "direct", "label": {"en": "Directly responsible, not an intermediary"}},
]


def a_closed_call(session: Session, fund: Fund) -> Call:
    """A call with few criteria: two reviewers, pass mark 60, up to USD 20,000 for 12 months."""
    return a_call(
        session,
        fund,
        criteria=CRITERIA,
        eligibility=ELIGIBILITY,
        envelope_minor=100_000_000,
        lowest_minor=100,
        registered_by=date(2023, 12, 1),
    )


def a_submitted_application(
    session: Session, call: Call, organisation: Organisation | None = None, usd: str = "20000.00"
) -> Application:
    """An application that asks for so many USD, without the labour of writing it."""
    organisation = organisation or an_organisation(session)
    organisation.registered_on = date(2019, 5, 4)
    application = Application(
        reference=f"{call.reference}-{next_number(session, call.reference):04d}",
        fund_id=call.fund_id,
        call_id=call.id,
        call=call,
        organisation_id=organisation.id,
        organisation=organisation,
        title="A shelter in San Pedro Sula",
        country="HN",
        requested_minor=Money.parse(usd, "USD").minor,
        begun_at=clock.now(),
    )
    by = Act.by_system("test")
    begin(session, application, APPLICATION, by)
    application.submitted_at = clock.now()
    advance(session, application, APPLICATION, "submit", by)
    return application


@dataclass(frozen=True, slots=True)
class Team:
    """The fund's people, each in one role."""

    manager: Person
    officer: Person
    approver: Person
    reviewers: tuple[Person, Person]


def a_team(session: Session) -> Team:
    return Team(
        staff(session, Role.FUND_MANAGER),
        staff(session, Role.PROGRAMME_OFFICER),
        staff(session, Role.APPROVING_OFFICER),
        (
            staff(session, Role.REVIEWER, "Ingrid Lund"),
            staff(session, Role.REVIEWER, "Kofi Boateng"),
        ),
    )


def eligible(session: Session, application: Application, team: Team) -> Application:
    """Screened, every criterion met."""
    met = {criterion["key"]: Answer(True) for criterion in application.call.eligibility}
    screening.decide(session, application, met, act_of(session, team.officer))
    return application


def assigned(session: Session, application: Application, team: Team) -> list[Review]:
    """Eligible, and asked of the team's two reviewers."""
    eligible(session, application, team)
    return reviewing.assign(session, application, team.reviewers, act_of(session, team.officer))


def a_full_draft(application: Application, mark: int = 4) -> Draft:
    """The same mark for each criterion, with a reason."""
    reason = Mark(mark, "As the work plan shows.")
    return Draft({criterion["key"]: reason for criterion in application.call.criteria})


def reviewed(
    session: Session, application: Application, team: Team, marks: tuple[int, int] = (4, 4)
) -> Application:
    """Scored by both reviewers, each giving the same mark throughout; once."""
    if application.state is ApplicationState.REVIEWED:
        return application
    for review, mark in zip(assigned(session, application, team), marks, strict=True):
        act = act_of(session, review.reviewer)
        reviewing.declare_no_conflict(session, review, act)
        reviewing.submit(session, review, a_full_draft(application, mark), act)
    return application


def recommended(
    session: Session, application: Application, team: Team, usd: str = "15000.00"
) -> Application:
    """Reviewed, and recommended by the fund manager."""
    reviewed(session, application, team)
    why, departure = "Strong, and nobody else helps there.", "The others are still discussed."
    proposal = Proposal(Money.parse(usd, "USD"), why, departure=departure)
    recommendations.recommend(session, application, proposal, act_of(session, team.manager))
    return application


def advised(
    session: Session,
    application: Application,
    team: Team,
    endorsement: Endorsement = Endorsement.ENDORSED,
    usd: str = "15000.00",
) -> Application:
    """Recommended, and advised on by the Board."""
    recommended(session, application, team, usd)
    proposed = recommendation_for(session, application)
    assert proposed is not None
    advice = BoardAdvice(
        clock.today(), endorsement, proposed.amount, "As discussed.", votes=Votes(5)
    )
    recommendations.record_advice(session, application, advice, act_of(session, team.manager))
    return application


def terms_for(session: Session, application: Application) -> Terms:
    """A year from now, for the recommended amount."""
    proposed = recommendation_for(session, application)
    assert proposed is not None
    start = clock.today()
    return Terms(proposed.amount, start, start + timedelta(days=300))


def without_conflict(session: Session, trustee: Person, *applications: Application) -> None:
    """The trustee declares to have no conflict of interest in these; they open."""
    for one in applications:
        declare(session, one.call, Declaration([one.id]), act_of(session, trustee))


def an_award(session: Session, application: Application, team: Team) -> Award:
    """From submission to approval; the fund needs the money for it."""
    advised(session, application, team)
    terms = terms_for(session, application)
    return deciding.approve(session, application, terms, act_of(session, team.approver))


def money_for_awards(session: Session, fund: Fund, usd: str = "1000000.00") -> None:
    """Cash of the fund's own, as interest."""
    voucher = Voucher(fund, clock.today(), f"fund:{fund.id}", f"test:{usd}", Act.by_system("test"))
    book_interest(session, voucher, Money.parse(usd, "USD"))


# Calls and applications --------------------------------------------------------------------------


def rules(**changed: Any) -> Rules:
    """Rules of a plausible call that opened last week and takes applications for a month."""
    now = clock.now().replace(second=0, microsecond=0)
    usual: dict[str, Any] = {
        "title": {"en": "Small grants for direct aid to victims"},
        "summary": {"en": "Humanitarian, legal and financial aid through organisations."},
        "window": "SGP1",
        "opens_at": now - timedelta(days=7),
        "deadline_at": now + timedelta(days=30),
        "envelope_minor": 30_000_000,
        "lowest_minor": 500_000,
        "highest_minor": 2_000_000,
        "months": 12,
        "languages": ("en", "fr", "es"),
        "examines_grantees": False,
    }
    return Rules(**{**usual, **changed})


def a_draft_call(
    session: Session, fund: Fund, *, form: Form = STANDARD_FORM, **changed: Any
) -> Call:
    """A call in preparation."""
    by = act_of(session, staff(session, Role.FUND_MANAGER))
    return draft_call(session, fund, rules(**changed), by, form=form)


def a_call(session: Session, fund: Fund, *, form: Form = STANDARD_FORM, **changed: Any) -> Call:
    """An open call."""
    call = a_draft_call(session, fund, form=form, **changed)
    open_call(session, call, act_of(session, staff(session, Role.FUND_MANAGER)))
    return call


def a_draft(
    session: Session, call: Call, name: str = "Casa Segura", country: str = "HN"
) -> Application:
    """An application just begun, by an organisation with one administrator."""
    organisation = an_organisation(session, name, country)
    person = member(session, organisation, name=f"Luz of {name}")
    return start(session, call, organisation, act_of(session, person))


def writer_of(session: Session, application: Application) -> Act:
    """An act by a person who writes the application."""
    person = people_of_organisation(session, application.organisation_id)[0]
    return act_of(session, person)


def complete(session: Session, application: Application, usd: int = 12_000) -> Application:
    """Every answer and every paper of the standard form, asking for so many whole dollars."""
    by = writer_of(session, application)
    for section, typed in complete_answers(application.country or "HN", usd).items():
        save_section(session, application, section, typed, 0, by)
    for number, question in enumerate(REQUIRED_PAPERS, 1):
        attach(session, application, question, Upload(f"{question}.pdf", pdf(number)), by)
    return application


def a_complete_draft(session: Session, call: Call, **named: Any) -> Application:
    """An application that only has to be submitted."""
    usd = named.pop("usd", 12_000)
    return complete(session, a_draft(session, call, **named), usd)


def a_submission(session: Session, call: Call, **named: Any) -> Application:
    """An application that was submitted."""
    application = a_complete_draft(session, call, **named)
    submit(session, application, writer_of(session, application))
    return application


# Donors, pledges and contributions ---------------------------------------------------------------

_bank_lines = count(1)


def a_donor(
    session: Session,
    name: str = "Republic of Arcadia",
    kind: DonorKind = DonorKind.MEMBER_STATE,
    country: str | None = "GR",
) -> Organisation:
    """A person who gives, entered by the fund; nobody acts for it yet."""
    donor = enter_organisation(session, name, kind, country)
    welcome(session, donor, Act.by_system("test"))
    return donor


def a_cleared_donor(
    session: Session, fund: Fund, name: str, kind: DonorKind, country: str | None = "AT"
) -> Organisation:
    """A person who is no State, accepted by the fund before this system."""
    donor = a_donor(session, name, kind, country)
    take_over(session, donor, fund, Act.by_system("test"))
    return donor


def a_pledge(
    session: Session,
    fund: Fund,
    amount: Money | None = None,
    donor: Organisation | None = None,
    **more: object,
) -> Pledge:
    """A pledge of 1,000 USD that the fund manager entered; `more` are other parts of the offer."""
    offer = Offer(usd(100_000) if amount is None else amount, **more)  # type: ignore[arg-type]
    manager = staff(session, Role.FUND_MANAGER)
    return enter(session, fund, offer, donor or a_donor(session), act_of(session, manager))


def a_signed_pledge(
    session: Session,
    fund: Fund,
    amount: Money | None = None,
    signed_on: date = date(2026, 1, 10),
    *,
    conditional: bool = False,
    donor: Organisation | None = None,
) -> Pledge:
    """A pledge whose agreement is signed."""
    pledge = a_pledge(session, fund, amount, donor)
    act = act_of(session, staff(session, Role.FUND_MANAGER))
    sign_agreement(session, pledge, Agreement(signed_on, conditional), act)
    return pledge


def a_document(session: Session, name: str = "letter.pdf") -> Document:
    """A paper that a person uploaded."""
    return keep(session, Upload(name, pdf(1)), Act.by_system("test"))


def a_change(
    session: Session, pledge: Pledge, kind: ChangeKind, amount: Money | None = None
) -> PledgeChange:
    """A change of a pledge that the fund manager asked for; of all of it without an amount."""
    asked = RequestedChange(kind, a_document(session), amount)
    by = act_of(session, staff(session, Role.FUND_MANAGER), "The donor's letter of 3 March.")
    return request_change(session, pledge, asked, by)


def an_approved_change(
    session: Session, pledge: Pledge, kind: ChangeKind, amount: Money | None = None
) -> PledgeChange:
    """The same, approved by the approving officer."""
    change = a_change(session, pledge, kind, amount)
    approve_change(session, change, act_of(session, staff(session, Role.APPROVING_OFFICER)))
    return change


def an_arrival(
    amount: Money,
    value_on: date = date(2026, 1, 20),
    fee: Money | None = None,
    bank_reference: str = "",
) -> Arrival:
    """A line of the bank's statement, with a reference of its own."""
    return Arrival(bank_reference or f"BANK-{next(_bank_lines)}", value_on, amount, fee)


def a_deposit(
    session: Session,
    fund: Fund,
    pledge: Pledge | None,
    amount: Money,
    *,
    reason: str | None = None,
    **more: object,
) -> Deposit:
    """Money that finance recorded, for a reason if it is more than outstanding; `more` as in
    `an_arrival`.
    """
    arrival = an_arrival(amount, **more)  # type: ignore[arg-type]
    finance = act_of(session, staff(session, Role.FINANCE_OFFICER), reason)
    return record_deposit(session, fund, pledge, arrival, finance)


# Outreach ----------------------------------------------------------------------------------------


def a_campaign(session: Session, fund: Fund, *, launched: bool = True, **changed: Any) -> Campaign:
    """A campaign of these days that asks Member States; launched unless said otherwise."""
    usual: dict[str, Any] = {
        "kind": CampaignKind.WORLD_DAY,
        "name": {"en": "World Day appeal", "ar": "نداء اليوم العالمي"},
        "target_minor": 50_000_000,
        "starts_on": clock.today() - timedelta(days=20),
        "ends_on": clock.today() + timedelta(days=20),
        "kinds": [DonorKind.MEMBER_STATE],
    }
    manager = act_of(session, staff(session, Role.FUND_MANAGER))
    campaign = outreach.plan(session, fund, outreach.Plan(**{**usual, **changed}), manager)
    if launched:
        outreach.take_step(session, campaign, "launch", manager)
    return campaign


def a_contact(
    session: Session,
    fund: Fund,
    donor: Organisation,
    campaign: Campaign | None = None,
    **changed: Any,
) -> OutreachContact:
    """A meeting of yesterday that the programme officer wrote down."""
    usual: dict[str, Any] = {
        "means": Means.MEETING,
        "held_on": clock.today() - timedelta(days=1),
        "with_whom": "The Permanent Representative",
        "outcome": Outcome.INTERESTED,
        "campaign": campaign,
    }
    officer = act_of(session, staff(session, Role.PROGRAMME_OFFICER))
    told = outreach.ContactDetails(**{**usual, **changed})
    return outreach.record_contact(session, fund, donor, told, officer)


def a_card(
    session: Session, donor: Organisation, name: str = "Ana Prado", **changed: Any
) -> Contact:
    """A contact of a donor with an address of their own, who takes appeals by e-mail."""
    address = f"{name.lower().replace(' ', '.')}@{donor.code.lower()}.example"
    usual = {"email": address, "function": "First Secretary"}
    by = Act.by_system("test")
    card = Card(**{"name": name, **usual, **changed})
    return note_contact(session, welcome(session, donor, by), card, by)


HEADING = {"en": "World Day: {donor}", "ar": "اليوم العالمي: {donor}"}
BODY = {
    "en": "{salutation},\n\nThe {fund} asks {donor} to give.\n\n{link}",
    "ar": "{salutation}،\n\nيدعو الصندوق {donor} إلى التبرع.\n\n{link}",
}


def an_appeal(session: Session, campaign: Campaign, **changed: Any) -> Appeal:
    """The text of a campaign in English and Arabic."""
    officer = act_of(session, staff(session, Role.PROGRAMME_OFFICER))
    texts = {"heading": HEADING, "body": BODY, **changed}
    return appeals.write_appeal(session, campaign, texts["heading"], texts["body"], officer)


def a_mailing(
    session: Session, campaign: Campaign, post: Post = Post.EMAIL, key: str = "key-1"
) -> Mailing:
    """An appeal that the fund manager sends; its lines wait for the worker."""
    manager = act_of(session, staff(session, Role.FUND_MANAGER))
    return appeals.begin_mailing(session, campaign, post, key, manager)
