"""What the profile of an organisation already answers in an application.

An answer is taken over where the form asks it under the name below, in a kind that can hold it, and
nothing has been written yet.
"""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import answers_of
from grants.applying.drafts.papers import take_over, to_take_over
from grants.applying.drafts.service import save_section, writable
from grants.applying.organisations.answers import answers_in, can_hold
from grants.applying.organisations.facts import profile_of
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel import clock
from grants.platform.questionnaires.form import Section
from grants.platform.questionnaires.merging import PREFILLED
from grants.platform.questions.reading import Typed


def to_copy(session: Session, application: Application) -> int:
    """How many answers and documents of the profile the application does not have yet."""
    answers = sum(len(texts) for _section, _typed, texts in _missing_answers(session, application))
    return answers + len(to_take_over(session, application))


def copy_profile(session: Session, application: Application, act: Act) -> int:
    """Copy the answers and the documents of the profile into a draft, wherever nothing is written
    yet. Returns how many.
    """
    application = writable(session, application, act)
    copied = 0
    for section, typed, texts in list(_missing_answers(session, application)):
        row = answers_of(session, application.id).get(section.key)
        version = row.version if row else 0
        answers = {**typed, **texts}
        save_section(session, application, section.key, answers, version, act, sheet=PREFILLED)
        copied += len(texts)
    if copied:
        record(session, application, "copy_profile", act, copied=copied)
    return copied + take_over(session, application, act)


def _missing_answers(
    session: Session, application: Application
) -> Iterator[tuple[Section, Typed, dict[str, list[str]]]]:
    """Each section with what is written in it, and what the profile adds, by input."""
    answers = answers_in(profile_of(application.organisation), clock.today())
    rows = answers_of(session, application.id)
    for section in application.call.questionnaire.sections:
        typed = rows[section.key].given if section.key in rows else {}
        texts = {
            question.name: [answers[question.key]]
            for question in section.questions
            if answers.get(question.key)
            and question.is_blank(typed)
            and can_hold(question, answers[question.key])
        }
        if texts:
            yield section, typed, texts
