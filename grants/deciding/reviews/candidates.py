"""Who may be asked to review an application, and a proposal of whom to ask for several of them.

People with a conflict of interest that the fund knows of are left out: past and present members of
the applicant organisation, those who review it already, those who stepped aside from it or from
another application of the same organisation; and people of its country, where the call says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application, Submission
from grants.core.countries.countries import regional_group
from grants.core.people.models import Expertise, Membership, Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund
from grants.deciding.reviews.balancing import Task, balanced
from grants.deciding.reviews.models import Review
from grants.deciding.reviews.queries import more_reviews
from grants.deciding.reviews.workflow import STANDING, ReviewState

P = Permission
NOTHING_KNOWN = Expertise(languages=[], regions=[], aid=[], country=None)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who could review an application, with the work they have already."""

    person: Person
    waiting: int
    """Reviews assigned to them and not yet submitted, in every call."""
    submitted: int
    reads: bool = True
    """Do they read its language? Yes while nothing is noted about them."""
    region: bool = False
    """Do they know the region of the project?"""
    aid: bool = False
    """Do they know a kind of aid that the project gives?"""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Whom to ask for one application. `candidates`: everyone who may be asked."""

    places: int
    chosen: Sequence[Candidate]
    candidates: Sequence[Candidate]


def candidates(session: Session, application: Application) -> list[Candidate]:
    """Reviewers of the fund who may be asked, the least loaded first."""
    return candidates_of(session, [application])[application.id]


def candidates_of(
    session: Session, applications: Sequence[Application]
) -> Mapping[int, list[Candidate]]:
    """Whom each of several applications may ask to review it, by its id, the least loaded first."""
    facts = _ReviewerFacts.of(session, applications)
    return {application.id: facts.candidates(application) for application in applications}


def proposals(session: Session, applications: Sequence[Application]) -> Mapping[int, Proposal]:
    """Whom to ask for these applications, so that everyone has about as much to do. Who reads the
    language comes first; then who knows the region and the kind of aid.
    """
    fit = candidates_of(session, applications)
    places = places_of(session, applications)
    loads = {
        candidate.person.id: candidate.waiting
        for candidates in fit.values()
        for candidate in candidates
    }
    tasks = [
        Task(number, needed, _fit_of(fit[number], needed)) for number, needed in places.items()
    ]
    chosen = balanced(tasks, loads)
    return {
        number: Proposal(
            needed,
            [candidate for candidate in fit[number] if candidate.person.id in chosen[number]],
            fit[number],
        )
        for number, needed in places.items()
    }


def _fit_of(candidates: Sequence[Candidate], places: int) -> dict[int, int]:
    reading = [candidate for candidate in candidates if candidate.reads]
    able = reading if len(reading) >= places else candidates
    return {
        candidate.person.id: candidate.region + candidate.aid + 2 * candidate.reads
        for candidate in able
    }


def places_of(session: Session, applications: Sequence[Application]) -> dict[int, int]:
    """How many reviewers each application lacks."""
    rows = session.execute(
        select(Review.application_id, func.count())
        .where(
            Review.application_id.in_([application.id for application in applications]),
            Review.state.in_(STANDING),
        )
        .group_by(Review.application_id)
    )
    reviewing = {row[0]: row[1] for row in rows}
    more = more_reviews(session, [application.id for application in applications])
    return {
        application.id: max(
            application.call.reviewers
            + more.get(application.id, 0)
            - reviewing.get(application.id, 0),
            0,
        )
        for application in applications
    }


@dataclass(frozen=True, slots=True)
class _ReviewerFacts:
    """What is known of the reviewers of some applications, read at once."""

    people: Mapping[int, Sequence[Person]]
    """By fund. Who sees every application of the fund anyway is left out, because the gate before
    the declaration could not hold for them."""
    loads: Mapping[int, tuple[int, int]]
    expertise: Mapping[int, Expertise]
    conflicts: set[tuple[int | None, int]]
    """(organisation, person)"""
    assigned: set[tuple[int, int]]
    """(application, person)"""
    aid: Mapping[int, set[str]]
    """Kinds of aid that each application gives."""

    @classmethod
    def of(cls, session: Session, applications: Sequence[Application]) -> "_ReviewerFacts":
        funds = {application.fund_id for application in applications}
        people = {fund: _reviewers_of(session, fund) for fund in funds}
        ids = [person.id for reviewers in people.values() for person in reviewers]
        expertise = session.scalars(select(Expertise).where(Expertise.person_id.in_(ids)))
        return cls(
            people,
            _loads_of(session, ids),
            {row.person_id: row for row in expertise},
            _find_conflicts(
                session, [application.organisation_id for application in applications], ids
            ),
            _assigned_pairs(session, [application.id for application in applications]),
            aid_by_application(session, applications),
        )

    def candidates(self, application: Application) -> list[Candidate]:
        fit = [
            self._candidate_for(person, application)
            for person in self.people[application.fund_id]
            if self._may_review(person, application)
        ]
        return sorted(
            fit,
            key=lambda candidate: (candidate.waiting, candidate.submitted, candidate.person.name),
        )

    def _may_review(self, person: Person, application: Application) -> bool:
        country = self.expertise.get(person.id, NOTHING_KNOWN).country
        countries = {application.country, application.organisation.country}
        at_home = application.call.reviewers_abroad and country is not None and country in countries
        conflict = (application.organisation_id, person.id) in self.conflicts
        return not (conflict or at_home or (application.id, person.id) in self.assigned)

    def _candidate_for(self, person: Person, application: Application) -> Candidate:
        expertise = self.expertise.get(person.id, NOTHING_KNOWN)
        region = regional_group(application.country or "")
        return Candidate(
            person,
            *self.loads.get(person.id, (0, 0)),
            reads=not expertise.languages or application.language in expertise.languages,
            region=region is not None and region.value in expertise.regions,
            aid=bool(self.aid[application.id] & set(expertise.aid)),
        )


def _reviewers_of(session: Session, fund_id: int) -> list[Person]:
    reading_all = {person.id for person in people_of_fund(session, P.APPLICATION_SEE, fund_id)}
    reviewers = people_of_fund(session, P.REVIEW_WRITE, fund_id)
    return [person for person in reviewers if person.id not in reading_all]


def _loads_of(session: Session, person_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    submitted = Review.state == ReviewState.SUBMITTED
    rows = session.execute(
        select(
            Review.reviewer_id,
            func.count().filter(~submitted),
            func.count().filter(submitted),
        )
        .where(Review.reviewer_id.in_(person_ids), Review.state.in_(STANDING))
        .group_by(Review.reviewer_id)
    )
    return {person_id: (waiting, submitted_count) for person_id, waiting, submitted_count in rows}


def _find_conflicts(
    session: Session, organisation_ids: Sequence[int], person_ids: Sequence[int]
) -> set[tuple[int | None, int]]:
    """Members of the organisations, past ones too, and who stepped aside from one of theirs."""
    members = select(Membership.organisation_id, Membership.person_id).where(
        Membership.organisation_id.in_(organisation_ids), Membership.person_id.in_(person_ids)
    )
    recused = (
        select(Application.organisation_id, Review.reviewer_id)
        .join(Review.application)
        .where(
            Application.organisation_id.in_(organisation_ids), Review.state == ReviewState.RECUSED
        )
    )
    results = (session.execute(query) for query in (members, recused))
    return {(row[0], row[1]) for rows in results for row in rows}


def _assigned_pairs(session: Session, application_ids: Sequence[int]) -> set[tuple[int, int]]:
    rows = session.execute(
        select(Review.application_id, Review.reviewer_id).where(
            Review.application_id.in_(application_ids), Review.state != ReviewState.RELEASED
        )
    )
    return {(row[0], row[1]) for row in rows}


def aid_by_application(
    session: Session, applications: Sequence[Application]
) -> dict[int, set[str]]:
    """Kinds of aid, as each application answers its form's question about services."""
    aid: dict[int, set[str]] = {application.id: set() for application in applications}
    by_call = sorted(applications, key=lambda application: application.call_id)
    for _call_id, group in groupby(by_call, key=lambda application: application.call_id):
        of_call = list(group)
        if (place := _services_question(of_call[0])) is None:
            continue
        answer = Submission.snapshot["answers"][place[0]][place[1]]
        rows = session.execute(
            select(Submission.application_id, answer).where(
                Submission.application_id.in_([application.id for application in of_call])
            )
        )
        aid |= {row[0]: set(row[1] or ()) for row in rows}
    return aid


def _services_question(application: Application) -> tuple[str, str] | None:
    """Section and key of the question that asks for the services a project provides."""
    for section in application.call.questionnaire.sections:
        for question in section.questions:
            if getattr(question, "taxonomy", "") == "services":
                return section.key, question.key
    return None
