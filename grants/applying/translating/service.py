"""Putting a translation beside an answer. The answer itself stays as it was submitted."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from grants.applying.application_search.answer_words import keep_words
from grants.applying.applications import queries
from grants.applying.applications.models import AnswerTranslation, Application
from grants.applying.submissions.dossier import dossier
from grants.applying.submissions.translated import fingerprint
from grants.applying.translating.queries import languages_of, text_of, versions_of
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.platform.questions.words import LONGEST


@dataclass(frozen=True, slots=True)
class Translation:
    """What was written: of which answer, into which language. `seen`: the number of the version
    that the writer revised, 0 for the first.
    """

    question: str
    language: str
    text: str
    seen: int = 0


def translate(
    session: Session, application: Application, translation: Translation, act: Act
) -> AnswerTranslation:
    """Put a translation beside an answer, or revise it: every version is kept. DomainError if
    another user has revised it meanwhile, or nothing of it is new.
    """
    act.demand(Permission.APPLICATION_TRANSLATE, application.scope)
    application = queries.locked(session, application.id)
    session.expire(application, ["translations"])
    submission = queries.submission_of(session, application.id)
    if submission is None or application.is_withdrawn:
        raise DomainError(_("Only the answers of a submitted application can be translated."))
    answer = text_of(dossier(session, application), translation.question)
    if translation.language not in languages_of(application):
        raise DomainError(_("Choose a language of the fund."))
    text = _checked_text(translation.text)
    versions = versions_of(application, answer.key, translation.language)
    number = versions[0].number if versions else 0
    if number != translation.seen:
        raise DomainError(
            _("Another user has revised this translation. Read it below before you save yours.")
        )
    original = fingerprint(answer.words)
    if versions and (versions[0].text, versions[0].original) == (text, original):
        raise DomainError(_("Nothing has been changed yet. Change the translation first."))
    row = AnswerTranslation(
        application=application,
        question=answer.key,
        language=translation.language,
        number=number + 1,
        text=text,
        original=original,
        by_applicant=application.organisation_id in act.actor.organisation_ids,
        written_at=act.at,
        written_by_id=act.actor.person_id,
    )
    session.add(row)
    session.flush()
    keep_words(session, application, submission)
    record(
        session,
        application,
        "translate_answer",
        act,
        question=row.question,
        language=row.language,
        version=row.number,
    )
    return row


def _checked_text(text: str) -> str:
    words = text.strip()
    if not words:
        raise DomainError(_("Write the translation first."))
    if len(words) > LONGEST:
        raise DomainError(_("A translation can have up to %(most)s characters.", most=LONGEST))
    return words
