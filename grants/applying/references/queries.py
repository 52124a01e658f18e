"""Letters of reference of an application, how far each is, and who may read it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application, AttachedFile
from grants.applying.applications.queries import file_of
from grants.applying.references.models import LetterRequest
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.viewer import Viewer
from grants.core.texts.formats import plain_day
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.presentation import Answer, FileShown, ShownSection
from grants.platform.questions import ReferenceLetter


def letters_asked_in(form: Form) -> dict[str, ReferenceLetter]:
    """The questions of a form that ask for a letter, by their keys."""
    return {q.key: q for q in form.questions if isinstance(q, ReferenceLetter)}


def letter_question(application: Application, key: str) -> ReferenceLetter:
    """The question, or Missing if it asks for no letter."""
    question = letters_asked_in(application.call.questionnaire).get(key)
    if question is None:
        raise Missing(_("Question not found."))
    return question


def requests_of_each(session: Session, ids: Sequence[int]) -> dict[int, list[LetterRequest]]:
    """Every request for a letter of these applications, the oldest first."""
    query = select(LetterRequest).where(LetterRequest.application_id.in_(ids))
    by_application: dict[int, list[LetterRequest]] = {number: [] for number in ids}
    for request in session.scalars(query.order_by(LetterRequest.id)):
        by_application[request.application_id].append(request)
    return by_application


def requests_of(session: Session, application: Application) -> list[LetterRequest]:
    """Every request for a letter of an application, the oldest first; asked of the database only
    where its form asks for letters.
    """
    if not letters_asked_in(application.call.questionnaire):
        return []
    return requests_of_each(session, [application.id])[application.id]


def standing_request(
    session: Session, application: Application, question: str
) -> LetterRequest | None:
    """The request that was neither declined nor taken back."""
    requests = requests_of(session, application)
    return next((r for r in requests if r.question == question and r.stands), None)


def locked_request(session: Session, number: int) -> LetterRequest:
    """A request with its row locked, as it is now."""
    query = select(LetterRequest).where(LetterRequest.id == number)
    holding = query.with_for_update(of=LetterRequest).execution_options(populate_existing=True)
    request = session.scalar(holding)
    if request is None:
        raise Missing(_("This letter is no longer needed."))
    return request


def ends_at(application: Application, question: ReferenceLetter) -> datetime:
    """Until when a letter may come: the deadline, or so many days after it."""
    return application.call.deadline_at + timedelta(days=question.days_after)


def application_closed(application: Application, at: datetime) -> str:
    """Why letters for this application have no use any more; empty: they have."""
    if application.is_withdrawn:
        return _("The application has been withdrawn, so no letter is needed.")
    if application.is_draft and at >= application.call.deadline_at:
        return _("The application was not submitted in time, so no letter is needed.")
    return ""


def letters_counted(session: Session, application: Application, form: Form) -> Counter[str]:
    """How many letters count as an answer, by question: those received, and those asked for where
    they may come after the deadline.
    """
    questions = letters_asked_in(form)
    return Counter(
        request.question
        for request in requests_of(session, application)
        if request.question in questions
        and request.stands
        and (request.answered_at or questions[request.question].days_after)
    )


@dataclass(frozen=True, slots=True)
class LetterStanding:
    """A letter that a form asks for, with the persons who were asked, the newest first."""

    question: ReferenceLetter
    requests: Sequence[LetterRequest]
    ends_at: datetime

    @property
    def standing(self) -> LetterRequest | None:
        """The request that was neither declined nor taken back."""
        return next((request for request in self.requests if request.stands), None)

    @property
    def state(self) -> "LetterState":
        """How far it is."""
        if not self.requests:
            return LetterState(_("Not requested yet"), "")
        return state_of(self.standing or self.requests[0], self.question)

    def state_of(self, request: LetterRequest) -> "LetterState":
        """How far one of the requests is."""
        return state_of(request, self.question)


def standings_of(session: Session, application: Application) -> Sequence[LetterStanding]:
    """Every letter that the form asks for, and how far it is."""
    requests = requests_of(session, application)
    return [
        LetterStanding(
            question,
            [request for request in reversed(requests) if request.question == key],
            ends_at(application, question),
        )
        for key, question in letters_asked_in(application.call.questionnaire).items()
    ]


@dataclass(frozen=True, slots=True)
class LetterState:
    """How far a letter is, in words for the page of the applicant."""

    text: str
    tone: str


def state_of(request: LetterRequest, question: ReferenceLetter) -> LetterState:
    """Asked, answered, declined, taken back or too late."""
    if request.taken_back_at:
        return LetterState(_("Request withdrawn"), "neutral")
    if request.answered_at:
        return LetterState(_("Letter received"), "good")
    if request.declined_at:
        return LetterState(_("Declined"), "bad")
    if clock.now() >= ends_at(request.application, question):
        return LetterState(_("Not received in time"), "bad")
    return LetterState(_("Letter requested"), "waiting")


def with_letters(
    session: Session,
    application: Application,
    sections: tuple[ShownSection, ...],
    *,
    to_fund: bool,
) -> tuple[ShownSection, ...]:
    """The answers with what has come of the letters. `to_fund`: for readers of the fund, who read
    letters that the applicant does not.
    """
    questions = letters_asked_in(application.call.questionnaire)
    if not questions:
        return sections
    requests: Mapping[str, list[LetterRequest]] = {key: [] for key in questions}
    for request in requests_of(session, application):
        if request.stands and request.question in requests:
            requests[request.question].append(request)

    def complete_answer(answer: Answer) -> Answer:
        question = questions.get(answer.key)
        if question is None or not requests[answer.key]:
            return answer
        reads = to_fund or not question.confidential
        return answer_with_letter(answer, requests[answer.key][-1], question, reads=reads)

    return tuple(
        replace(section, answers=tuple(map(complete_answer, section.answers)))
        for section in sections
    )


def letters_in_words(session: Session, form: Form, ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """Who was asked and how far it is, by application and question; never what a letter says."""
    questions = letters_asked_in(form)
    if not questions:
        return {}
    return {
        number: {
            request.question: "\n".join(letter_lines(request, questions[request.question]))
            for request in requests
            if request.stands and request.question in questions
        }
        for number, requests in requests_of_each(session, ids).items()
    }


def answer_with_letter(
    answer: Answer, request: LetterRequest, question: ReferenceLetter, *, reads: bool
) -> Answer:
    """An answer that says who was asked and how far it is; with the letter, for who reads it."""
    text = "\n".join(letter_lines(request, question))
    if not reads or not request.answered_at:
        return replace(answer, text=text)
    files = (file_shown(request),) if request.file else ()
    return replace(answer, text="\n\n".join(filter(None, (text, request.letter))), files=files)


def letter_lines(request: LetterRequest, question: ReferenceLetter) -> Iterator[str]:
    """Who was asked, and how far it is."""
    zone = request.application.call.zone
    yield request.name
    if request.answered_at:
        yield _(
            "Letter received on %(day)s.", day=plain_day(clock.day_of(request.answered_at, zone))
        )
    else:
        yield _("Asked on %(day)s.", day=plain_day(clock.day_of(request.asked_at, zone)))
        yield state_of(request, question).text


def file_to_read(
    session: Session, application: Application, attached_id: int, viewer: Viewer
) -> AttachedFile:
    """A file of an application for a person who may see the application; a confidential letter is
    Missing for those who act for the organisation.
    """
    attached = file_of(session, application, attached_id, letters=True)
    is_own = attached.is_letter and application.organisation_id in viewer.organisation_ids
    if is_own and letter_question(application, attached.question).confidential:
        raise Missing(_("File not found."))
    return attached


def file_shown(request: LetterRequest) -> FileShown:
    """The file of a letter, under a name that tells whose letter it is to nobody."""
    assert request.file is not None
    document = request.file.document
    return FileShown(
        id=request.file.id,
        name=document.name,
        media_type=document.media_type,
        size=document.size,
        sha256=document.sha256,
        scan=document.scan.value,
    )
