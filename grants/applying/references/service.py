"""Asking another person for a letter of reference, reminding, and asking yet another."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from grants.applying.applications import queries as applications
from grants.applying.applications.models import Application
from grants.applying.references.letters import LETTER, send_link, write_to
from grants.applying.references.models import LetterRequest
from grants.applying.references.queries import (
    application_closed,
    ends_at,
    letter_question,
    requests_of,
    standing_request,
)
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.lengths import within
from grants.core.people import credentials
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_organisation
from grants.core.texts.formats import plain_moment
from grants.platform.forms import typed

MOST_ASKED = 6
"""So many persons may be asked for one letter, one after the other."""
BETWEEN_REMINDERS = timedelta(days=2)


def ask(
    session: Session,
    application: Application,
    question: str,
    name: str,
    email: str,
    language: str,
    act: Act,
) -> LetterRequest:
    """Ask a person for a letter by e-mail. The person who was asked before is no longer asked."""
    application = _lock_for_asking(session, application, question, act)
    name, email = within(name.strip(), 150), typed.email_address(email)
    if not name:
        raise DomainError(_("Enter the name of the person who is to write the letter."))
    _require_another(session, application, email)
    requests = [r for r in requests_of(session, application) if r.question == question]
    standing = next((request for request in requests if request.stands), None)
    if standing and standing.answered_at:
        raise Conflict(_("The letter has already been received."))
    if standing and standing.email.lower() == email.lower():
        raise Conflict(_("This person has already been asked. You can send a reminder."))
    if len(requests) >= MOST_ASKED:
        raise DomainError(_("You can ask up to %(most)s people for one letter.", most=MOST_ASKED))
    _require_few_links(session, email)
    if standing:
        _take_back(session, standing, act)
    request = LetterRequest(
        application_id=application.id,
        question=question,
        name=name,
        email=email,
        language=language,
        asked_at=act.at,
        asked_by_id=act.actor.person_id,
    )
    request.application = application
    session.add(request)
    record(session, request, "ask_letter", act)
    send_link(session, request, "asked", act)
    return request


def remind(session: Session, application: Application, question: str, act: Act) -> LetterRequest:
    """Send the link once more; the earlier one works too."""
    application = _lock_for_asking(session, application, question, act)
    request = standing_request(session, application, question)
    if request is None or not request.is_waiting:
        raise Conflict(_("No one is being asked for this letter at the moment."))
    last = request.reminded_at or request.asked_at
    if act.at < last + BETWEEN_REMINDERS:
        again = plain_moment(last + BETWEEN_REMINDERS, application.call.time_zone)
        raise DomainError(_("You can send a reminder after %(moment)s.", moment=again))
    request.reminded_at = act.at
    record(session, request, "remind", act)
    send_link(session, request, "reminded", act)
    return request


def _take_back(session: Session, request: LetterRequest, act: Act) -> None:
    request.taken_back_at = act.at
    record(session, request, "end_letter", act)
    write_to(session, request, "taken_back", {})


def _lock_for_asking(
    session: Session, application: Application, question: str, act: Act
) -> Application:
    """The application, locked, if this person may ask for the letter now."""
    application = applications.locked(session, application.id)
    if not act.actor.may(Permission.APPLICATION_WRITE, application.scope):
        raise Forbidden(_("Your role does not allow this."))
    asked = letter_question(application, question)
    if closed := application_closed(application, act.at):
        raise Conflict(closed)
    if act.at >= ends_at(application, asked):
        raise DomainError(_("The deadline for this letter has passed."))
    return application


def _require_another(session: Session, application: Application, email: str) -> None:
    """Nobody of the organisation writes its letter."""
    people = people_of_organisation(session, application.organisation_id)
    if email.lower() in {person.email.lower() for person in people}:
        raise DomainError(_("Ask a person who does not act for your organisation."))


def _require_few_links(session: Session, email: str) -> None:
    if credentials.too_many_links(session, LETTER, email):
        raise DomainError(
            _(
                "We have already sent several links to %(email)s. Wait one hour before "
                "requesting another.",
                email=email,
            )
        )


def move_letters(
    session: Session,
    application: Application,
    moves: Sequence[tuple[str, str]],
    ended: Collection[str],
    act: Act,
) -> None:
    """Letters follow the part of the form in which they were asked for, from question to question
    in this order. Those that were asked for at a question of `ended` are no longer asked for.
    """
    act.demand(Permission.APPLICATION_WRITE, application.scope)
    requests = requests_of(session, application)
    for question, target in moves:
        for request in [r for r in requests if r.question == question]:
            if question in ended:
                _end(session, request, act)
            request.question = target
            record(session, request, "move_letter", act, question=target)
            if request.file:
                request.file.question = target
        session.flush()


def _end(session: Session, request: LetterRequest, act: Act) -> None:
    """The letter is not asked for any more; one that has come is not shown any more."""
    if request.is_waiting:
        _take_back(session, request, act)
    elif request.stands:
        request.taken_back_at = act.at
        record(session, request, "end_letter", act)
    if request.file:
        request.file.removed_at = act.at


def carry_over(session: Session, earlier: Application, draft: Application, act: Act) -> None:
    """What was asked for and received goes with the draft that takes the place of an application
    which this act has withdrawn.
    """
    for request in requests_of(session, earlier):
        request.application = draft
        if request.file:
            request.file.application = draft
        record(session, request, "carry_letter", act, source=earlier.reference)
