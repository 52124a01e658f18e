"""What the profile of an organisation answers in an application, by the key of the question."""

from collections.abc import Iterator, Mapping
from datetime import date

from grants.applying.organisations.facts import FACTS, SUBMITTED
from grants.applying.organisations.profile import Profile
from grants.platform.profiles.facts import Group
from grants.platform.questions import (
    Amount,
    LongText,
    Number,
    OneOf,
    Question,
    ShortText,
    WebAddress,
    YesNo,
)

_KINDS = (ShortText, LongText, Number, Amount, YesNo, OneOf, WebAddress)
_RECKONED = {"experience_years": "assists_since", "staff": "paid_staff", "annual_income": "budgets"}
"""Keys of questions that are answered from a fact with another key."""


def answers_in(profile: Profile, today: date) -> Mapping[str, str]:
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


def can_hold(question: Question, text: str) -> bool:
    """Can the question be answered with this text?"""
    return isinstance(question, _KINDS) and not question.read({question.name: [text]}).problems


def answered_keys() -> dict[str, str]:
    """The keys of the questions that a profile answers, with what it calls each answer."""
    return {key: str(label) for key, label in _labels_by_key()}


def _labels_by_key() -> Iterator[tuple[str, str]]:
    by_key = {fact.key: fact for fact in FACTS}
    for fact in FACTS:
        if fact.uses.answers:
            parts = fact.kind.facts if isinstance(fact.kind, Group) else (fact,)
            yield from ((part.key, part.label) for part in parts)
    for key, fact_key in _RECKONED.items():
        yield key, by_key[fact_key].label


def is_answered(question: Question) -> bool:
    """May applicants copy the answer from their profile?"""
    return isinstance(question, _KINDS) and question.key in answered_keys()


def submitted_labels() -> list[str]:
    """What of a profile comes with each application, whatever the form asks."""
    return [str(fact.label) for fact in SUBMITTED]
