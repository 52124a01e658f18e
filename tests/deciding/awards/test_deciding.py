"""Approval: by another person, on the Board's advice, once, and never beyond the money."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.books.ledger.entries import Voucher
from grants.books.ledger.models import Entry
from grants.books.ledger.queries import balances
from grants.books.ledger.spending import reserve_award
from grants.core.audit.act import Act
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.clock import months_after
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, Missing
from grants.core.kernel.money import usd
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.core.people.service import appoint
from grants.core.people.viewer import Viewer
from grants.deciding.awards.models import Award
from grants.deciding.awards.queries import (
    award_for_viewer,
    award_of,
    awarded_in_call,
    cancelled_awards_of,
    for_viewer,
    to_approve,
    to_reject,
)
from grants.deciding.awards.service import Terms, approve, cancel_award, reject
from grants.deciding.awards.workflow import AwardState
from grants.deciding.board.models import Endorsement
from grants.deciding.board.queries import recommendation_for
from grants.deciding.board.service import (
    BoardAdvice,
    Proposal,
    Votes,
    keep_in_reserve,
    not_recommend,
    record_advice,
    revise,
)
from grants.deciding.reserve_list.reserve import to_promote
from grants.platform.messages.models import Message
from tests.factories import (
    Team,
    a_closed_call,
    a_submitted_application,
    act_of,
    advised,
    an_award,
    an_organisation,
    member,
    money_for_awards,
    recommended,
    reviewed,
    staff,
    terms_for,
)


def viewer(session: Session, person: Person) -> Viewer:
    found = viewer_of(session, person.id)
    assert found is not None
    return found


def test_an_approval_makes_the_award_reserves_the_money_and_sends_the_letter(
    session: Session, application: Application, team: Team, fund: Fund
) -> None:
    before = balances(session, fund).available
    applicant = member(session, application.organisation)
    application.language = "ar"
    award = an_award(session, application, team)
    assert award.reference == f"UNVTF-G-{clock.today().year}-001"
    assert application.state == ApplicationState.APPROVED
    assert (award.state, award.amount) == (AwardState.APPROVED, usd(1_500_000))
    assert before - balances(session, fund).available == usd(1_695_000)
    mail = session.scalars(
        select(Message).where(Message.person_id == applicant.id).order_by(Message.id.desc())
    ).first()
    assert mail is not None
    assert mail.attachments == [
        {"document": "award-letter", "reference": award.reference, "language": "ar"}
    ]
    assert "USD\u00a015,000.00" in mail.text


def test_whoever_recommended_or_recorded_the_advice_cannot_approve_or_reject(
    session: Session, application: Application, team: Team
) -> None:
    advised(session, application, team)
    appoint(session, team.manager, Role.APPROVING_OFFICER)
    terms = terms_for(session, application)
    with pytest.raises(Forbidden, match="A different person"):
        approve(session, application, terms, act_of(session, team.manager))
    with pytest.raises(Forbidden, match="A different person"):
        reject(session, application, act_of(session, team.manager, "No."))
    assert session.scalar(to_approve(viewer(session, team.manager))) == 0
    assert session.scalar(to_approve(viewer(session, team.approver))) == 1


def test_who_only_recorded_the_advice_cannot_approve(
    session: Session, application: Application, team: Team
) -> None:
    second = staff(session, Role.FUND_MANAGER, "Second Manager")
    recommended(session, application, team)
    kept = recommendation_for(session, application)
    assert kept is not None
    said = BoardAdvice(clock.today(), Endorsement.ENDORSED, kept.amount, votes=Votes(5))
    record_advice(session, application, said, act_of(session, second))
    appoint(session, second, Role.APPROVING_OFFICER)
    with pytest.raises(Forbidden, match="A different person"):
        approve(session, application, terms_for(session, application), act_of(session, second))


def test_nothing_is_approved_without_the_boards_advice_on_that_sum(
    session: Session, application: Application, team: Team
) -> None:
    recommended(session, application, team)
    act = act_of(session, team.approver)
    with pytest.raises(DomainError, match="has not yet given its advice"):
        approve(session, application, terms_for(session, application), act)


def test_advice_on_another_sum_does_not_count(
    session: Session, application: Application, team: Team
) -> None:
    advised(session, application, team)
    proposal = Proposal(usd(1_600_000), "More beds.")
    revise(session, application, proposal, act_of(session, team.manager, "More beds."))
    act = act_of(session, team.approver)
    with pytest.raises(DomainError, match=r"advised on USD\s15,000.00, but USD\s16,000.00"):
        approve(session, application, terms_for(session, application), act)
    assert session.scalar(to_approve(viewer(session, team.approver))) == 0


def test_a_page_that_shows_an_older_sum_approves_nothing(
    session: Session, application: Application, team: Team
) -> None:
    advised(session, application, team)
    stale = replace(terms_for(session, application), amount=usd(1_400_000))
    with pytest.raises(Conflict, match="changed"):
        approve(session, application, stale, act_of(session, team.approver))


def test_against_the_boards_advice_it_takes_a_reason(
    session: Session, application: Application, team: Team
) -> None:
    advised(session, application, team, Endorsement.NOT_ENDORSED)
    terms = terms_for(session, application)
    with pytest.raises(DomainError, match="did not endorse"):
        approve(session, application, terms, act_of(session, team.approver))
    act = act_of(session, team.approver, "The only shelter there.")
    assert approve(session, application, terms, act).state == AwardState.APPROVED


def test_a_double_click_returns_the_same_award(
    session: Session, application: Application, team: Team
) -> None:
    award = an_award(session, application, team)
    terms = terms_for(session, application)
    again = approve(session, application, terms, act_of(session, team.approver))
    assert again is award
    assert session.scalar(select(func.count()).select_from(Award)) == 1
    reserved = select(func.count()).select_from(Entry).where(Entry.event == "award_reserved")
    assert session.scalar(reserved) == 1


def test_another_approver_or_other_terms_find_it_decided(
    session: Session, application: Application, team: Team
) -> None:
    an_award(session, application, team)
    terms = terms_for(session, application)
    other = staff(session, Role.APPROVING_OFFICER, "Other Approver")
    with pytest.raises(Conflict):
        approve(session, application, terms, act_of(session, other))
    longer = replace(terms, ends_on=terms.ends_on + timedelta(days=1))
    with pytest.raises(Conflict):
        approve(session, application, longer, act_of(session, team.approver))


def test_an_award_beyond_the_available_is_refused_with_the_numbers(
    session: Session, fund: Fund, team: Team
) -> None:
    application = a_submitted_application(session, a_closed_call(session, fund))
    money_for_awards(session, fund, "16949.99")
    advised(session, application, team)
    act = act_of(session, team.approver)
    with pytest.raises(DomainError, match=r"requires 16950\.00 USD .* 16949\.99 USD is available"):
        approve(session, application, terms_for(session, application), act)


def test_the_calls_awards_stay_within_its_envelope(
    session: Session, application: Application, team: Team
) -> None:
    application.call.envelope_minor = 2_900_000
    award = an_award(session, application, team)
    other = a_submitted_application(session, application.call, an_organisation(session, "Amparo"))
    advised(session, other, team)
    act, terms = act_of(session, team.approver), terms_for(session, other)
    with pytest.raises(
        DomainError, match=r"Only USD\s14,000.00 remains for this award of USD\s15,000"
    ):
        approve(session, other, terms, act)
    cancel_award(session, award, act_of(session, team.approver, "They withdrew."))
    assert approve(session, other, terms, act).reference.endswith("-002")


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        (date(2027, 1, 1), date(2027, 1, 1), "end after it starts"),
        (date(2026, 12, 31), date(2027, 6, 1), "start on 1 January 2027 or later"),
        (date(2090, 1, 1), date(2090, 6, 1), "or earlier"),
        (date(2027, 1, 31), date(2028, 2, 1), "last up to 12 months"),
    ],
)
def test_the_grants_period_fits_the_call(
    session: Session, application: Application, team: Team, start: date, end: date, message: str
) -> None:
    application.call.earliest_start_on = date(2027, 1, 1)
    advised(session, application, team)
    with pytest.raises(DomainError, match=message):
        approve(
            session,
            application,
            Terms(usd(1_500_000), start, end),
            act_of(session, team.approver),
        )


def test_a_grant_does_not_start_before_its_application_was_submitted(
    session: Session, application: Application, team: Team
) -> None:
    advised(session, application, team)
    terms = terms_for(session, application)
    early = replace(terms, starts_on=terms.starts_on - timedelta(days=1))
    approver = act_of(session, team.approver)
    with pytest.raises(DomainError, match="cannot start before that day"):
        approve(session, application, early, approver)
    assert approve(session, application, terms, approver).starts_on == terms.starts_on


def test_months_end_where_the_calendar_does() -> None:
    assert months_after(date(2027, 1, 31), 1) == date(2027, 2, 28)
    assert months_after(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert months_after(date(2027, 12, 15), 13) == date(2029, 1, 15)


def test_a_rejection_needs_its_reason_and_sends_the_letter(
    session: Session, application: Application, team: Team
) -> None:
    applicant = member(session, application.organisation)
    reviewed(session, application, team)
    not_recommend(session, application, act_of(session, team.manager, "Too dear."))
    assert session.scalar(to_reject(viewer(session, team.approver))) == 1
    with pytest.raises(DomainError, match="reason"):
        reject(session, application, act_of(session, team.approver))
    reject(session, application, act_of(session, team.approver, "The costs are too high."))
    assert application.state == ApplicationState.REJECTED
    mail = session.scalars(
        select(Message).where(Message.person_id == applicant.id).order_by(Message.id.desc())
    ).first()
    assert mail is not None
    assert mail.attachments[0]["document"] == "regret-letter"


def test_a_cancelled_award_gives_its_money_back(
    session: Session, application: Application, team: Team, fund: Fund
) -> None:
    before = balances(session, fund).available
    award = an_award(session, application, team)
    with pytest.raises(DomainError, match="reason"):
        cancel_award(session, award, act_of(session, team.approver))
    with pytest.raises(Forbidden):
        cancel_award(session, award, act_of(session, team.manager, "No."))
    cancel_award(session, award, act_of(session, team.approver, "They dissolved."))
    assert award.state == AwardState.CANCELLED
    assert balances(session, fund).available == before
    with pytest.raises(Conflict):
        cancel_award(session, award, act_of(session, team.approver, "Again."))


def test_after_a_cancellation_the_application_waits_to_be_decided_again(
    session: Session, application: Application, team: Team, fund: Fund
) -> None:
    first = an_award(session, application, team)
    cancel_award(session, first, act_of(session, team.approver, "The wrong period."))
    assert application.state == ApplicationState.RECOMMENDED
    assert award_of(session, application) is None
    assert session.scalar(to_approve(viewer(session, team.approver))) == 1
    terms = terms_for(session, application)
    second = approve(session, application, terms, act_of(session, team.approver))
    assert award_of(session, application) == second
    assert second.reference != first.reference
    assert cancelled_awards_of(session, application) == [first]
    assert awarded_in_call(session, application.call) == second.amount
    cancel_award(session, second, act_of(session, team.approver, "They dissolved."))
    reject(session, application, act_of(session, team.approver, "They dissolved."))
    assert award_of(session, application) is None


def test_the_database_keeps_one_living_award_for_an_application(
    session: Session, application: Application, team: Team
) -> None:
    award = an_award(session, application, team)
    copy = {
        column.name: getattr(award, column.name)
        for column in Award.__table__.columns
        if column.name != "id"
    }
    with pytest.raises(IntegrityError, match="uq_award_living"):
        session.execute(insert(Award).values(copy | {"reference": "UNVTF-G-2026-999"}))


def test_freed_money_is_offered_to_the_reserve_list(
    session: Session, application: Application, team: Team, fund: Fund
) -> None:
    award = an_award(session, application, team)
    left = balances(session, fund).available
    waiting = a_submitted_application(
        session, application.call, an_organisation(session, "Brisa"), usd="9000.00"
    )
    reviewed(session, waiting, team)
    keep_in_reserve(session, waiting, act_of(session, team.manager, "If money comes."))
    spend = left - usd(1_000_00)
    voucher = Voucher(fund, clock.today(), "test", "test:spent", Act.by_system("test"))
    reserve_award(session, voucher, usd(spend.minor * 100 // 113), fund.psc_percent)
    manager = viewer(session, team.manager)
    assert session.scalar(to_promote(manager)) == 0
    cancel_award(session, award, act_of(session, team.approver, "They dissolved."))
    # its money is still spoken for: it is recommended
    assert session.scalar(to_promote(manager)) == 0
    reject(session, application, act_of(session, team.approver, "They dissolved."))
    assert session.scalar(to_promote(manager)) == 1
    assert session.scalar(to_promote(viewer(session, team.approver))) == 0
    application.call.envelope_minor = 8_000_00
    session.flush()
    assert session.scalar(to_promote(manager)) == 0


def test_a_revoked_role_approves_nothing(
    session: Session, application: Application, team: Team
) -> None:
    advised(session, application, team)
    for membership in team.approver.memberships:
        membership.ended_at = clock.now()
    session.flush()
    terms = terms_for(session, application)
    with pytest.raises(Forbidden):
        approve(session, application, terms, act_of(session, team.approver))


def test_awards_are_seen_by_the_fund_and_by_their_own_grantee(
    session: Session, application: Application, team: Team
) -> None:
    award = an_award(session, application, team)
    own = member(session, application.organisation, name="Own Member")
    other = member(session, an_organisation(session, "Amparo"), name="Other Member")
    donor = member(session, an_organisation(session, "Donor"), Role.DONOR, "A Donor")
    for person in (team.manager, team.approver, staff(session, Role.AUDITOR), own):
        assert award_for_viewer(session, award.reference, viewer(session, person)) is award
    for person in (other, donor, team.reviewers[0], staff(session, Role.OBSERVER)):
        assert session.scalars(for_viewer(viewer(session, person))).all() == []
        with pytest.raises(Missing):
            award_for_viewer(session, award.reference, viewer(session, person))


def test_the_trail_tells_who_decided_what_and_why(
    session: Session, application: Application, team: Team
) -> None:
    an_award(session, application, team)
    story = [(row.action, row.actor) for row in trail_of(session, "application", application.id)]
    assert story == [
        ("create", "test"),
        ("submit", "test"),
        ("find_eligible", "Programme Officer"),
        ("assign_reviewers", "Programme Officer"),
        ("complete_review", "Kofi Boateng"),
        ("recommend", "Fund Manager"),
        ("record_advice", "Fund Manager"),
        ("approve", "Approving Officer"),
    ]
