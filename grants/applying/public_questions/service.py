"""Asking about a call, answering to everyone, and setting a question aside."""

from sqlalchemy.orm import Session

from grants.applying.applications.queries import people_with_drafts
from grants.applying.calls.models import Call
from grants.applying.public_questions.models import LONGEST, LONGEST_ANSWER, PublicQuestion
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people import credentials
from grants.core.people.permissions import Permission
from grants.core.people.queries import person_by_email
from grants.core.texts.formats import plain_day
from grants.platform.messages.service import Recipient, send
from grants.platform.questions.personal import findings

INQUIRY = "public_question"
"""Purpose of the link that proves the address of a person who asks."""


def prepare(session: Session, call: Call, text: str, email: str, language: str, act: Act) -> None:
    """Send the link that proves the address; the question is entered when it is followed."""
    text = _checked_text(call, text, act)
    if credentials.too_many_links(session, INQUIRY, email):
        raise DomainError(
            _(
                "We have already sent several links to %(email)s. Wait one hour before "
                "requesting another.",
                email=email.strip(),
            )
        )
    token = credentials.make_link(
        session, INQUIRY, email.strip(), {"call": call.id, "asked": text}, language=language
    )
    send(
        session,
        Recipient(email.strip(), "", language),
        "applying/public_questions/confirm",
        event=f"question:{credentials.digest(token)[:20]}",
        call=call,
        fund=call.fund,
        asked=text,
        url=absolute(f"/calls/{call.reference}/ask/{token}"),
    )


def confirm(session: Session, call: Call, token: str, act: Act) -> PublicQuestion:
    """The address is proved: the question is entered."""
    link = credentials.use_link(session, token, INQUIRY)
    if link.facts["call"] != call.id:
        raise DomainError(_("This link belongs to another call."))
    return _enter_question(
        session, call, link.facts["asked"], link.email, link.facts["language"], act
    )


def ask(session: Session, call: Call, text: str, act: Act) -> PublicQuestion:
    """A person who has signed in asks; the answer goes to the address of the account."""
    return _enter_question(session, call, text, act.actor.email, act.actor.language, act)


def _enter_question(
    session: Session, call: Call, text: str, email: str, language: str, act: Act
) -> PublicQuestion:
    question = PublicQuestion(
        call_id=call.id,
        asked=_checked_text(call, text, act),
        asked_at=act.at,
        email=email,
        language=language,
    )
    session.add(question)
    question.call = call
    record(session, question, "ask", act)
    return question


def answer(session: Session, question: PublicQuestion, wording: str, text: str, act: Act) -> None:
    """Publish a question with its answer, without who asked, and tell that person and everyone
    with a draft. An answer that has been published is corrected in the same way.
    """
    _may_answer(question, act)
    if question.set_aside_at is not None:
        raise Conflict(_("This question has been set aside."))
    wording, text = wording.strip(), text.strip()
    if not wording or not text:
        raise DomainError(_("Enter the question and the answer."))
    if len(text) > LONGEST_ANSWER:
        raise DomainError(_("The answer is too long. Shorten it."))
    if (question.wording, question.answer) == (wording, text):
        raise DomainError(_("Nothing has been changed."))
    before = {"wording": question.wording, "answer": question.answer} if question.answer else {}
    question.wording, question.answer, question.answered_at = wording, text, act.at
    record(session, question, "answer", act, **before)
    _send_answer(session, question)


def set_aside(session: Session, question: PublicQuestion, act: Act) -> None:
    """Do not publish a question; the person who asked reads the reason."""
    _may_answer(question, act)
    if not question.waits:
        raise Conflict(_("This question has already been dealt with."))
    if not (act.reason or "").strip():
        raise DomainError(_("Enter a reason. It will be kept on record."))
    question.set_aside_at = act.at
    record(session, question, "set_aside", act)
    send(
        session,
        Recipient(question.email, "", question.language),
        "applying/public_questions/set_aside",
        event=f"question:{question.id}:set_aside",
        call=question.call,
        fund=question.call.fund,
        asked=question.asked,
        reason=act.reason,
    )


def _send_answer(session: Session, question: PublicQuestion) -> None:
    """The answer to the person who asked, and to everyone with a draft; to each once."""
    asker = person_by_email(session, question.email)
    people = {
        person.id: Recipient.of(person) for person in people_with_drafts(session, question.call_id)
    }
    if asker is None or asker.id not in people:
        people[0] = Recipient(question.email, "", question.language)
    for recipient in people.values():
        send(
            session,
            recipient,
            "applying/public_questions/answered",
            event=f"question:{question.id}:answered:{question.version}",
            call=question.call,
            fund=question.call.fund,
            question=question.wording,
            answer=question.answer,
            url=absolute(f"/calls/{question.call.reference}") + "#questions-and-answers",
        )


def _checked_text(call: Call, text: str, act: Act) -> str:
    """The text of a question that may be asked at this moment."""
    text = text.strip()
    if not call.takes_questions(act.at):
        if call.questions_until is None:
            raise DomainError(_("This call does not accept questions."))
        raise DomainError(
            _("Questions could be asked until %(day)s.", day=plain_day(call.questions_until))
        )
    if not text or len(text) > LONGEST:
        raise DomainError(_("Enter a question of up to %(most)s characters.", most=LONGEST))
    if issues := findings(text):
        raise DomainError(issues[0].message)
    return text


def _may_answer(question: PublicQuestion, act: Act) -> None:
    if not act.actor.may(Permission.CALL_EDIT, question.scope):
        raise Forbidden(_("Your role does not allow this."))
