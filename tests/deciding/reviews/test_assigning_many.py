"""Asking reviewers for several applications at once."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, event, func, select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.core.audit.models import TrailRow
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.taxonomies import RegionalGroup
from grants.core.people.models import Expertise, Person
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from grants.deciding.reviews.candidates import candidates, proposals
from grants.deciding.reviews.models import Review
from grants.deciding.reviews.service import assign, assign_all, recuse
from grants.platform.messages.models import Message
from tests.factories import (
    Team,
    a_closed_call,
    a_submitted_application,
    act_of,
    an_organisation,
    eligible,
    staff,
)
from tests.platform.web.client import SignInAs, StrictClient


@pytest.fixture
def reviewers(session: Session, team: Team) -> list[Person]:
    """Five in all."""
    more = [staff(session, Role.REVIEWER, name) for name in ("Aya Sato", "Li Wei", "Ana Paz")]
    return [*team.reviewers, *more]


@pytest.fixture
def applications(
    session: Session, fund: Fund, team: Team, reviewers: list[Person]
) -> list[Application]:
    """Ten eligible ones of one call, each of an organisation of its own."""
    call = a_closed_call(session, fund)
    return [
        eligible(
            session,
            a_submitted_application(session, call, an_organisation(session, f"House {n}")),
            team,
        )
        for n in range(10)
    ]


@pytest.fixture
def officer(
    session: Session, team: Team, applications: list[Application], sign_in_as: SignInAs
) -> StrictClient:
    session.commit()
    return sign_in_as(team.officer)


def knows(session: Session, person: Person, **known: object) -> None:
    usual: dict[str, object] = {"languages": [], "regions": [], "aid": []}
    session.add(Expertise(person_id=person.id, **{**usual, **known}))
    session.flush()


def chosen(session: Session, *applications: Application) -> list[set[str]]:
    found = proposals(session, applications)
    return [{each.person.name for each in found[one.id].chosen} for one in applications]


def fields(page: str) -> dict[str, list[str]]:
    """What the form of the page would send, every row ticked."""
    sent: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input[^>]*name="((?:to-\d+)|row)" value="([^"]+)"', page):
        sent.setdefault(name, []).append(value)
    return sent


def whole(applications: list[Application]) -> str:
    return f"/reviews/assign/several?all=1&call={applications[0].call.reference}"


def test_a_whole_call_is_assigned_evenly_in_one_go(
    session: Session, officer: StrictClient, applications: list[Application]
) -> None:
    assert "All reviewers" not in officer.get("/reviews/assign").text
    page = officer.get(whole(applications)).text
    done = officer.submit(whole(applications), fields(page))
    assert done.status_code == 302
    assert "10 rows have been done" in officer.get(done.location).text
    session.expire_all()
    loads = Counter(session.scalars(select(Review.reviewer_id)))
    assert sorted(loads.values()) == [4] * 5
    assert {one.state for one in applications} == {ApplicationState.UNDER_REVIEW}


def test_a_member_of_the_organisation_is_never_proposed(
    session: Session, applications: list[Application], reviewers: list[Person]
) -> None:
    appoint(
        session, reviewers[0], Role.ORGANISATION_EDITOR, organisation=applications[0].organisation
    )
    assert reviewers[0].name not in chosen(session, *applications)[0]


def test_who_stepped_aside_is_not_asked_about_the_same_organisation_again(
    session: Session, fund: Fund, team: Team, applications: list[Application]
) -> None:
    first = applications[0]
    review = assign(session, first, team.reviewers, act_of(session, team.officer))[0]
    recuse(session, review, act_of(session, review.reviewer, "My sister works there."))
    call = a_closed_call(session, fund)
    other = eligible(session, a_submitted_application(session, call, first.organisation), team)
    assert review.reviewer_id not in {one.person.id for one in candidates(session, other)}
    with pytest.raises(DomainError, match="may not review"):
        assign(session, other, team.reviewers, act_of(session, team.officer))


def test_a_reviewer_from_the_country_is_left_out_where_the_call_says_so(
    session: Session, applications: list[Application], reviewers: list[Person]
) -> None:
    knows(session, reviewers[0], country="HN")
    one = applications[0]
    assert reviewers[0].id in {each.person.id for each in candidates(session, one)}
    one.call.reviewers_abroad = True
    assert reviewers[0].id not in {each.person.id for each in candidates(session, one)}


def test_language_comes_before_region_and_region_counts(
    session: Session, applications: list[Application], reviewers: list[Person]
) -> None:
    knows(session, reviewers[0], languages=["fr"], regions=[RegionalGroup.LATIN_AMERICAN.value])
    knows(session, reviewers[1], regions=[RegionalGroup.LATIN_AMERICAN.value])
    (found,) = chosen(session, applications[0])
    assert reviewers[0].name not in found
    assert reviewers[1].name in found
    for person in reviewers[1:]:
        known = session.get(Expertise, person.id) or Expertise(
            person_id=person.id, regions=[], aid=[]
        )
        known.languages = ["ar"]
        session.add(known)
    session.flush()
    (found,) = chosen(session, applications[0])
    assert len(found) == 2


def test_a_row_can_be_changed_before_it_is_done(
    session: Session,
    officer: StrictClient,
    applications: list[Application],
    reviewers: list[Person],
) -> None:
    one = applications[3]
    page = officer.get(whole(applications)).text
    opened = officer.submit(whole(applications), {**fields(page), "again": str(one.id)})
    assert f"Reviewer 2 of {one.reference}" in opened.text
    wanted = [str(reviewers[4].id), str(reviewers[2].id)]
    sent = {**fields(opened.text), f"to-{one.id}": wanted}
    assert officer.submit(whole(applications), sent).status_code == 302
    session.expire_all()
    asked = select(Review.reviewer_id).where(Review.application_id == one.id)
    assert {str(number) for number in session.scalars(asked)} == set(wanted)


def test_a_conflicted_person_who_is_sent_all_the_same_stops_the_whole(
    session: Session,
    officer: StrictClient,
    applications: list[Application],
    reviewers: list[Person],
) -> None:
    one = applications[5]
    appoint(session, reviewers[1], Role.ORGANISATION_EDITOR, organisation=one.organisation)
    session.commit()
    page = officer.get(whole(applications)).text
    sent = {**fields(page), f"to-{one.id}": [str(reviewers[1].id), str(reviewers[2].id)]}
    answer = officer.submit(whole(applications), sent)
    assert answer.status_code == 409
    session.expire_all()
    assert session.scalars(select(Review)).all() == []


def test_too_few_reviewers_leave_a_row_out(
    session: Session,
    officer: StrictClient,
    applications: list[Application],
    reviewers: list[Person],
) -> None:
    for person in reviewers[1:]:
        appoint(
            session, person, Role.ORGANISATION_EDITOR, organisation=applications[0].organisation
        )
    session.commit()
    page = officer.get(whole(applications)).text
    assert "1 row is left out" in page
    assert "not enough reviewers without a conflict" in page


def test_the_page_of_ten_asks_no_more_than_the_page_of_one(
    officer: StrictClient, applications: list[Application]
) -> None:
    officer.get(f"/reviews/assign/several?row={applications[0].id}")
    alone = officer.queries
    officer.get(whole(applications))
    assert officer.queries <= alone


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.TRUSTEE, Role.APPROVING_OFFICER])
def test_others_find_no_page(
    session: Session, sign_in_as: SignInAs, applications: list[Application], role: Role
) -> None:
    browser = sign_in_as(staff(session, role, "Somebody Else"))
    assert browser.get(whole(applications)).status_code == 403


def written(session: Session, first: int, applications: list[Application]) -> list[object]:
    """What the trail and the e-mails say since a row of the trail, whoever and whatever it is
    about.
    """
    places = {one.reference: n for n, one in enumerate(applications)}
    rows = session.scalars(select(TrailRow).where(TrailRow.id > first).order_by(TrailRow.id))
    facts = [
        (
            *(row.actor, row.subject, row.action, row.source, row.target, row.reason),
            *(places.get(row.facts.get("application", "")), row.facts.get("reviewer")),
        )
        for row in rows
    ]
    letters = session.scalars(select(Message).order_by(Message.id)).all()
    told = [
        (letter.recipient, places[one])
        for letter in letters
        for one in places
        if f"/reviews/{one}" in letter.text
    ]
    return [facts, told]


def last_row(session: Session) -> int:
    return session.scalar(select(func.max(TrailRow.id))) or 0


def test_many_are_entered_as_one_after_the_other_would_be(
    session: Session,
    team: Team,
    applications: list[Application],
    connection: Connection,
) -> None:
    """The same trail in the same order, the same e-mails, under the same refusals; and no more
    questions to the database for each further application than its own rows need.
    """
    act = act_of(session, team.officer)
    alone, together = applications[:4], applications[4:8]
    begun = last_row(session)
    for one in alone:
        assign(session, one, team.reviewers, act)
    one_by_one = written(session, begun, alone)
    begun = last_row(session)
    with questions(connection) as asked:
        assign_all(session, [(one, team.reviewers) for one in together], act)
    assert written(session, begun, together) == one_by_one
    assert {one.state for one in together} == {ApplicationState.UNDER_REVIEW}
    assert len(session.scalars(select(Review)).all()) == 16
    own_rows = 6  # an application, its two reviews, and a row of the trail for each
    assert len(asked) < 20 + own_rows * len(together)
    with pytest.raises(Conflict), session.begin_nested():
        assign_all(session, [(one, team.reviewers) for one in applications[7:]], act)
    assert applications[9].state is ApplicationState.ELIGIBLE


@contextmanager
def questions(connection: Connection) -> Iterator[list[str]]:
    """The statements that the database gets inside."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    yield asked
    event.remove(connection, "before_cursor_execute", note)
