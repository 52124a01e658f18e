"""What the profile of an organisation already answers in an application.

An answer is taken over where the form asks it under the name below, in a kind that can hold it, and
nothing has been written yet.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import answers_of
from grants.applying.drafts.papers import take_over, to_take_over
from grants.applying.drafts.service import save_section, writable
from grants.applying.organisations.facts import FACTS, profile_of
from grants.applying.organisations.profile import Profile
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel import clock
from grants.platform.questionnaires.form import Section
from grants.platform.questions import (
    Amount,
    LongText,
    Number,
    OneOf,
    Question,
    ShortText,
    YesNo,
)
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
        save_section(session, application, section.key, {**typed, **texts}, version, act)
        copied += len(texts)
    if copied:
        record(session, application, "copy_profile", act, copied=copied)
    return copied + take_over(session, application, act)


def _missing_answers(
    session: Session, application: Application
) -> Iterator[tuple[Section, Typed, dict[str, list[str]]]]:
    """Each section with what is written in it, and what the profile adds, by input."""
    answers = _answers_in(profile_of(application.organisation), clock.today())
    rows = answers_of(session, application.id)
    for section in application.call.questionnaire.sections:
        typed = rows[section.key].given if section.key in rows else {}
        texts = {
            question.name: [answers[question.key]]
            for question in section.questions
            if answers.get(question.key)
            and question.is_blank(typed)
            and _can_hold(question, answers[question.key])
        }
        if texts:
            yield section, typed, texts


def _answers_in(profile: Profile, today: date) -> Mapping[str, str]:
    """The answers that a profile gives, as they would be typed, by the key of the question."""
    since = profile.assists_since
    answers: dict[str, str] = {}
    for fact in FACTS:
        if fact.uses.answers:
            answers |= fact.kind.answers(fact.key, fact.of(profile))
    return answers | {
        "experience_years": "" if since is None else str(today.year - since),
        "staff": "" if profile.paid_staff is None else str(profile.paid_staff),
        "annual_income": _income_of(profile),
    }


def _income_of(profile: Profile) -> str:
    """The budget of the last year, if it is in dollars: other currencies are for people."""
    newest = profile.budgets[0].amount if profile.budgets else None
    return str(newest) if newest and newest.currency == "USD" else ""


def _can_hold(question: Question, text: str) -> bool:
    """Can the question be answered with this text?"""
    kinds = (ShortText, LongText, Number, Amount, YesNo, OneOf)
    return isinstance(question, kinds) and not question.read({question.name: [text]}).problems
