"""Reviews: free of conflicts, blind until one's own is in, exact, and locked."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import APPLICATION, ApplicationState
from grants.core.audit.advance import advance, begin
from grants.core.audit.queries import trail_of
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, Missing
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.core.people.service import appoint
from grants.core.people.viewer import Viewer
from grants.deciding.reviews.candidates import candidates
from grants.deciding.reviews.drafting import Draft, Mark
from grants.deciding.reviews.models import Review
from grants.deciding.reviews.queries import (
    may_open,
    own_review,
    score_summary,
    to_assign,
    to_declare,
    to_score,
    visible_reviews,
)
from grants.deciding.reviews.service import (
    assign,
    declare_no_conflict,
    keep_draft,
    recuse,
    release,
    submit,
)
from grants.deciding.reviews.workflow import REVIEW, ReviewState
from grants.platform.messages.models import Message
from tests.factories import (
    Team,
    a_full_draft,
    a_submitted_application,
    act_of,
    an_organisation,
    assigned,
    eligible,
    member,
    reviewed,
    staff,
)


def viewer(session: Session, person: Person) -> Viewer:
    found = viewer_of(session, person.id)
    assert found is not None
    return found


def mails_to(session: Session, person: Person) -> list[Message]:
    query = select(Message).where(Message.person_id == person.id).order_by(Message.id)
    return list(session.scalars(query))


# Assigning


def test_each_reviewer_asked_is_told_title_and_country_at_most(
    session: Session, application: Application, team: Team
) -> None:
    reviews = assigned(session, application, team)
    assert application.state == ApplicationState.UNDER_REVIEW
    assert [review.state for review in reviews] == [ReviewState.ASSIGNED] * 2
    (mail,) = mails_to(session, team.reviewers[0])
    assert application.title in mail.text
    assert application.organisation.name not in mail.text + mail.html


@pytest.mark.parametrize("number", [0, 1, 3])
def test_exactly_as_many_reviewers_as_the_call_wants_are_asked(
    session: Session, application: Application, team: Team, number: int
) -> None:
    eligible(session, application, team)
    people = [*team.reviewers, staff(session, Role.REVIEWER, "A Third")][:number]
    with pytest.raises(DomainError, match="exactly 2 reviewers"):
        assign(session, application, people, act_of(session, team.officer))
    twice = [team.reviewers[0], team.reviewers[0]]
    with pytest.raises(DomainError, match="exactly 2 reviewers"):
        assign(session, application, twice, act_of(session, team.officer))


def test_who_may_not_be_asked_is_not_offered_and_is_refused(
    session: Session, application: Application, team: Team
) -> None:
    eligible(session, application, team)
    colleague = staff(session, Role.REVIEWER, "Past Member")
    held = appoint(
        session, colleague, Role.ORGANISATION_EDITOR, organisation=application.organisation
    )
    held.ended_at = clock.now()
    secretary = staff(session, Role.REVIEWER, "Also Secretary")
    appoint(session, secretary, Role.AUDITOR)
    offered = {candidate.person.id for candidate in candidates(session, application)}
    assert offered == {person.id for person in team.reviewers}
    for unfit in (colleague, secretary, team.manager):
        people = [team.reviewers[0], unfit]
        with pytest.raises(DomainError, match="may not review"):
            assign(session, application, people, act_of(session, team.officer))


def test_the_least_loaded_reviewer_is_offered_first(
    session: Session, application: Application, team: Team
) -> None:
    assigned(session, application, team)
    third = staff(session, Role.REVIEWER, "Zoe Free")
    other = a_submitted_application(session, application.call, an_organisation(session, "Amparo"))
    loads = [(one.person.id, one.waiting) for one in candidates(session, other)]
    assert loads[0] == (third.id, 0)
    assert {waiting for _person, waiting in loads[1:]} == {1}


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.APPROVING_OFFICER, Role.TRUSTEE])
def test_only_those_who_assign_may_assign(
    session: Session, application: Application, team: Team, role: Role
) -> None:
    eligible(session, application, team)
    with pytest.raises(Forbidden):
        assign(session, application, team.reviewers, act_of(session, staff(session, role, "X Y")))


# The gate


def test_the_application_stays_shut_until_the_declaration_and_after_stepping_aside(
    session: Session, application: Application, team: Team
) -> None:
    first, second = assigned(session, application, team)
    for review in (first, second):
        assert not may_open(session, application, viewer(session, review.reviewer))
    declare_no_conflict(session, first, act_of(session, first.reviewer))
    assert may_open(session, application, viewer(session, first.reviewer))
    assert not may_open(session, application, viewer(session, second.reviewer))
    recuse(session, first, act_of(session, first.reviewer, "My sister works there."))
    assert not may_open(session, application, viewer(session, first.reviewer))


def test_a_reviewer_of_other_applications_cannot_open_this_one(
    session: Session, application: Application, team: Team
) -> None:
    assert not may_open(session, application, viewer(session, team.reviewers[0]))
    with pytest.raises(Missing):
        own_review(session, application.reference, viewer(session, team.reviewers[0]))


def test_a_revoked_role_shuts_the_application_at_once(
    session: Session, application: Application, team: Team
) -> None:
    review, _other = assigned(session, application, team)
    declare_no_conflict(session, review, act_of(session, review.reviewer))
    for membership in review.reviewer.memberships:
        membership.ended_at = clock.now()
    session.flush()
    session.expire_all()
    assert not may_open(session, application, viewer(session, review.reviewer))
    with pytest.raises(Missing):
        own_review(session, application.reference, viewer(session, review.reviewer))
    with pytest.raises(Forbidden):
        submit(session, review, a_full_draft(application), act_of(session, review.reviewer))


def test_staff_who_step_aside_as_reviewers_lose_sight_of_it_as_staff(
    session: Session, application: Application, team: Team
) -> None:
    review, _other = assigned(session, application, team)
    recuse(session, review, act_of(session, review.reviewer, "A friend leads it."))
    appoint(session, review.reviewer, Role.PROGRAMME_OFFICER)
    assert not may_open(session, application, viewer(session, review.reviewer))


def test_the_applicants_and_the_secretariat_may_open_it(
    session: Session, application: Application, team: Team
) -> None:
    applicant = member(session, application.organisation)
    for person in (applicant, team.manager, team.officer, team.approver):
        assert may_open(session, application, viewer(session, person))
    for role in (Role.FINANCE_OFFICER, Role.OBSERVER, Role.TRUSTEE):
        assert not may_open(session, application, viewer(session, staff(session, role)))


# Stepping aside


def test_who_steps_aside_says_why_and_the_managers_are_told(
    session: Session, application: Application, team: Team
) -> None:
    review, _other = assigned(session, application, team)
    with pytest.raises(DomainError, match="reason"):
        recuse(session, review, act_of(session, review.reviewer))
    recuse(session, review, act_of(session, review.reviewer, "I advised them."))
    for person in (team.manager, team.officer):
        assert "I advised them." in mails_to(session, person)[-1].text
        assert session.scalar(to_assign(viewer(session, person))) == 1


def test_another_reviewer_takes_the_place_and_never_the_one_who_left(
    session: Session, application: Application, team: Team
) -> None:
    review, _other = assigned(session, application, team)
    recuse(session, review, act_of(session, review.reviewer, "I advised them."))
    third = staff(session, Role.REVIEWER, "A Third")
    with pytest.raises(DomainError, match="may not review"):
        assign(session, application, [review.reviewer], act_of(session, team.officer))
    assign(session, application, [third], act_of(session, team.officer))
    with pytest.raises(Conflict, match="all its reviewers"):
        assign(session, application, [third], act_of(session, team.officer))
    assert session.scalar(to_assign(viewer(session, team.officer))) == 0


def test_an_assignment_taken_back_may_be_given_again(
    session: Session, application: Application, team: Team
) -> None:
    review, _other = assigned(session, application, team)
    release(session, review, act_of(session, team.officer, "On leave."))
    assert "On leave." in mails_to(session, review.reviewer)[-1].text
    (again,) = assign(session, application, [review.reviewer], act_of(session, team.officer))
    declare_no_conflict(session, again, act_of(session, review.reviewer))
    assert may_open(session, application, viewer(session, review.reviewer))


# Scoring


def test_a_draft_keeps_whatever_is_there(
    session: Session, application: Application, team: Team
) -> None:
    review, _other = assigned(session, application, team)
    act = act_of(session, review.reviewer)
    with pytest.raises(Conflict):
        keep_draft(session, review, Draft({"need": Mark(3)}), act)
    declare_no_conflict(session, review, act)
    keep_draft(session, review, Draft({"need": Mark(None, "Still thinking")}), act)
    keep_draft(session, review, Draft({"budget": Mark(2)}, "For later"), act)
    assert review.scores == {
        "need": {"score": None, "reason": "Still thinking"},
        "budget": {"score": 2, "reason": ""},
    }
    assert review.comment == "For later"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (Mark(None, "why"), "1 criterion has not been scored"),
        (Mark(3, "  "), "1 score has no reason"),
        (Mark(6, "why"), "from 0 to 5"),
        (Mark(-1, "why"), "from 0 to 5"),
    ],
)
def test_a_review_is_handed_in_whole(
    session: Session, application: Application, team: Team, change: Mark, message: str
) -> None:
    review, _other = assigned(session, application, team)
    act = act_of(session, review.reviewer)
    declare_no_conflict(session, review, act)
    draft = a_full_draft(application)
    with pytest.raises(DomainError, match=message):
        submit(session, review, replace(draft, marks={**draft.marks, "need": change}), act)
    assert review.state == ReviewState.DECLARED


def test_the_total_is_computed_exactly_and_the_review_is_locked(
    session: Session, application: Application, team: Team
) -> None:
    review, _other = assigned(session, application, team)
    act = act_of(session, review.reviewer)
    declare_no_conflict(session, review, act)
    marks = {"need": Mark(4, "a"), "method": Mark(3, "b"), "budget": Mark(5, "c")}
    submit(session, review, Draft(marks), act)
    session.expire_all()
    assert review.total == Decimal("78.00")
    with pytest.raises(Conflict):
        keep_draft(session, review, a_full_draft(application), act)
    with pytest.raises(Conflict):
        recuse(session, review, act_of(session, review.reviewer, "Late thought."))
    with pytest.raises(Conflict):
        release(session, review, act_of(session, team.officer, "Late thought."))


def test_nobody_scores_or_declares_for_another(
    session: Session, application: Application, team: Team
) -> None:
    review, other = assigned(session, application, team)
    stranger = act_of(session, other.reviewer)
    with pytest.raises(Forbidden):
        declare_no_conflict(session, review, stranger)
    declare_no_conflict(session, review, act_of(session, review.reviewer))
    with pytest.raises(Forbidden):
        submit(session, review, a_full_draft(application), stranger)
    with pytest.raises(Forbidden):
        recuse(session, review, act_of(session, team.manager, "For them."))


def test_others_scores_are_seen_only_after_ones_own(
    session: Session, application: Application, team: Team
) -> None:
    first, second = assigned(session, application, team)
    for review in (first, second):
        declare_no_conflict(session, review, act_of(session, review.reviewer))
    submit(session, first, a_full_draft(application), act_of(session, first.reviewer))
    assert visible_reviews(session, application, viewer(session, second.reviewer)) == []
    assert visible_reviews(session, application, viewer(session, first.reviewer)) == [first]
    assert visible_reviews(session, application, viewer(session, team.manager)) == [first]
    submit(session, second, a_full_draft(application, 2), act_of(session, second.reviewer))
    both = [first, second]
    assert visible_reviews(session, application, viewer(session, second.reviewer)) == both
    trustee = viewer(session, staff(session, Role.TRUSTEE))
    assert visible_reviews(session, application, trustee) == both
    applicant = viewer(session, member(session, application.organisation))
    assert visible_reviews(session, application, applicant) == []


def test_the_last_review_completes_the_application_in_its_reviewers_name(
    session: Session, application: Application, team: Team
) -> None:
    reviewed(session, application, team, (5, 2))
    assert application.state == ApplicationState.REVIEWED
    last = trail_of(session, "application", application.id)[-1]
    assert (last.action, last.actor) == ("complete_review", team.reviewers[1].name)
    summary = score_summary(session, application)
    assert summary is not None
    assert (summary.average, summary.reviews) == (Decimal("70.00"), 2)
    assert summary.criteria[0] == ("Need", Decimal(40), Decimal("3.50"))


def test_a_withdrawn_application_is_shut_and_takes_no_scores(
    session: Session, application: Application, team: Team
) -> None:
    review, _other = assigned(session, application, team)
    declare_no_conflict(session, review, act_of(session, review.reviewer))
    applicant = member(session, application.organisation)
    advance(
        session, application, APPLICATION, "withdraw", act_of(session, applicant, "Other funds.")
    )
    assert not may_open(session, application, viewer(session, review.reviewer))
    with pytest.raises(Conflict, match="no longer under review"):
        submit(session, review, a_full_draft(application), act_of(session, review.reviewer))
    assert session.scalar(to_score(viewer(session, review.reviewer))) == 0


def test_the_to_do_list_counts_declarations_and_scores(
    session: Session, application: Application, team: Team
) -> None:
    review, _other = assigned(session, application, team)
    person = viewer(session, review.reviewer)
    assert (session.scalar(to_declare(person)), session.scalar(to_score(person))) == (1, 0)
    declare_no_conflict(session, review, act_of(session, review.reviewer))
    assert (session.scalar(to_declare(person)), session.scalar(to_score(person))) == (0, 1)
    submit(session, review, a_full_draft(application), act_of(session, review.reviewer))
    assert (session.scalar(to_declare(person)), session.scalar(to_score(person))) == (0, 0)


def test_a_reviewer_has_one_standing_review_of_an_application(
    session: Session, application: Application, team: Team
) -> None:
    review, _other = assigned(session, application, team)
    double = Review(
        application_id=application.id,
        reviewer_id=review.reviewer_id,
        fund_id=review.fund_id,
        scores={},
        assigned_at=clock.now(),
    )
    with pytest.raises(IntegrityError, match="uq_review_once"):
        begin(session, double, REVIEW, act_of(session, team.officer))
