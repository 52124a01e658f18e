"""Amendments of an open call: published, told to applicants, and never to their disadvantage."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from grants.applying.call_changes.conditions import relaxed, required_documents
from grants.applying.calls.ceilings import in_words, labelled, lowered
from grants.applying.calls.models import Call
from grants.applying.calls.purposes import FormPurpose
from grants.applying.calls.soundness import rule_faults
from grants.applying.calls.workflow import CALL
from grants.core.audit.act import Act
from grants.core.audit.advance import advance
from grants.core.audit.models import TrailRow
from grants.core.audit.queries import trail_of
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.kernel.money import usd
from grants.core.texts.formats import plain_day, plain_moment, plain_money
from grants.core.texts.marks import spaced
from grants.platform.questionnaires.written import from_json, to_json

Texts = Mapping[str, str]
"""A text by language."""


@dataclass(frozen=True, slots=True)
class Change:
    """A rule of a call before and after, in words; a text of the call itself in its languages too,
    as `texts`.
    """

    name: str
    before: str
    after: str
    texts: tuple[Texts, Texts] | None = None


@dataclass(frozen=True, slots=True)
class Amended:
    """What an amendment changed: columns with what they held before and hold now."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def changes(self) -> list[Change]:
        """In the language of the person who reads them."""
        return list(_changes_between(self.before, self.after))


@dataclass(frozen=True, slots=True)
class Amendment:
    """What was changed at one moment, and why."""

    at: datetime
    reason: Texts
    changes: tuple[Change, ...]


AMENDABLE = (
    "title",
    "summary",
    "envelope_minor",
    "lowest_minor",
    "highest_minor",
    "months",
    "least_months",
    "earliest_start_on",
    "registered_by",
    "years_in_a_row",
    "applications_per_organisation",
    "ceilings",
    "form",
    "questions_until",
    "answers_on",
)
"""What can still be changed in an open call, besides its deadline."""


def other_languages(call: Call) -> list[str]:
    """The languages besides English in which the call's own text is published."""
    return sorted({code for texts in (call.title, call.summary) for code in texts} - {"en"})


def amend_rules(
    session: Session,
    call: Call,
    rules: Mapping[str, Any],
    act: Act,
    reasons: Mapping[str, str] | None = None,
) -> Amended:
    """Change rules of an open call, by column; `reasons` is the reason in other languages too.
    DomainError if nothing changes, or if anything is
    taken away from applicants who have begun.
    """
    rules = {name: rules[name] for name in AMENDABLE if rules[name] != getattr(call, name)}
    if not rules:
        raise DomainError(_("Nothing has been changed."))
    if harm := list(_harm_to_applicants(call, rules)):
        message = _(
            "Only changes that take nothing away from applicants are possible: %(names)s.",
            names=spaced(";").join(harm),
        )
        raise DomainError(message)
    before = {name: _stored_value(call, name, getattr(call, name)) for name in rules}
    after = {name: _stored_value(call, name, value) for name, value in rules.items()}
    facts = {"before": before, "after": after, **({"reasons": dict(reasons)} if reasons else {})}
    advance(session, call, CALL, "amend", act, **facts)
    for name, value in rules.items():
        setattr(call, name, value)
    if faults := list(rule_faults(call)):
        raise DomainError(" ".join(faults))
    session.flush()
    return Amended(before, after)


def amendments_of(session: Session, call: Call) -> list[Amendment]:
    """Every amendment of a call and every longer deadline, the newest first."""
    changes: dict[str, Callable[[Mapping[str, Any]], Iterable[Change]]] = {
        "amend": lambda facts: _changes_between(facts["before"], facts["after"]),
        "extend": lambda facts: _longer_deadline(facts, call.time_zone),
    }
    return [
        Amendment(row.at, reasons_of(row), tuple(changes[row.action](row.facts)))
        for row in reversed(trail_of(session, "call", call.id))
        if row.action in changes
    ]


def withdrawal_of(session: Session, call: Call) -> Texts:
    """Why a call was withdrawn, by language; nothing if it was not."""
    if not call.is_withdrawn:
        return {}
    rows = [row for row in trail_of(session, "call", call.id) if row.action == "withdraw"]
    return reasons_of(rows[-1])


def reasons_of(row: TrailRow) -> Texts:
    """The reason of a step in the languages in which it was given."""
    return {"en": row.reason or "", **row.facts.get("reasons", {})}


def _harm_to_applicants(call: Call, rules: Mapping[str, Any]) -> Iterator[str]:
    """What would take something away from a person who has begun by the rules as they are."""
    if rules.get("lowest_minor", 0) > call.lowest_minor:
        yield _("the minimum grant may not rise")
    if rules.get("highest_minor", call.highest_minor) < call.highest_minor:
        yield _("the maximum grant may not fall")
    if rules.get("envelope_minor", call.envelope_minor) < call.envelope_minor:
        yield _("the total amount may not fall")
    if rules.get("months", call.months) < call.months:
        yield _("the maximum duration may not be shortened")
    if (rules.get("least_months") or 0) > (call.least_months or 0):
        yield _("the minimum duration may not be lengthened")
    yield from _harm_of_start(call, rules)
    never_less = {
        "questions_until": _("the last day for questions may not be moved to an earlier date"),
        "registered_by": _("the date of registration may not be moved to an earlier date"),
        "years_in_a_row": _("the number of years in a row may not fall"),
        "applications_per_organisation": _(
            "the number of applications per organisation may not fall"
        ),
    }
    if "form" in rules and not _asks_less(call, rules["form"]):
        yield _("questions may not change, and no more documents may be required")
    if lowered(call.ceilings, rules.get("ceilings", ())):
        yield _("the budget may not be limited more than before")
    yield from (
        words for name, words in never_less.items() if _is_less(rules, name, getattr(call, name))
    )


def _asks_less(call: Call, changed: Mapping[str, Any]) -> bool:
    """Is it the same form, in which some required documents may be left out?"""
    required = {question.key for question in required_documents(from_json(changed))}
    before = call.form_for(FormPurpose.APPLICATION)
    optional = [
        question.key for question in required_documents(before) if question.key not in required
    ]
    return to_json(relaxed(before, optional)) == changed


def _harm_of_start(call: Call, rules: Mapping[str, Any]) -> Iterator[str]:
    if _is_later(rules, "earliest_start_on", call.earliest_start_on):
        yield _("projects may not have to start later")
    if _starts_in_another_year(call, rules):
        yield _("projects may not start in another year while years in a row are limited")


def _is_later(rules: Mapping[str, Any], name: str, before: date | None) -> bool:
    after = rules.get(name)
    return after is not None and (before is None or after > before)


def _starts_in_another_year(call: Call, rules: Mapping[str, Any]) -> bool:
    """Would the year move up to which years in a row are counted?"""
    after, before = rules.get("earliest_start_on"), call.earliest_start_on
    if after is None or before is None or rules.get("years_in_a_row", call.years_in_a_row) is None:
        return False
    return bool(after.year != before.year)


def _is_less(rules: Mapping[str, Any], name: str, before: date | int | None) -> bool:
    """Is it a smaller number or an earlier day than before, or a limit where there was none?"""
    after = rules.get(name)
    return after is not None and (before is None or after < before)


def _stored_value(call: Call, name: str, value: Any) -> Any:
    if name == "ceilings":
        return labelled(call.questionnaire, value)
    if name == "form":
        return [dict(question.label) for question in required_documents(from_json(value))]
    return value.isoformat() if isinstance(value, date) else value


def _changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name in AMENDABLE:
        if name in after:
            label, words = _NAMES[name]
            texts = (before.get(name) or {}, after[name]) if words is _own_text else None
            yield Change(str(label()), words(before.get(name)), words(after[name]), texts)


def last_extension(session: Session, call: Call, since: datetime) -> Change | None:
    """How the deadline was last moved after this moment."""
    rows = [row for row in trail_of(session, "call", call.id) if row.action == "extend"]
    return (
        next(_longer_deadline(rows[-1].facts, call.time_zone))
        if rows and rows[-1].at > since
        else None
    )


def _longer_deadline(facts: Mapping[str, Any], zone: str) -> Iterator[Change]:
    moments = (datetime.fromisoformat(facts[name]) for name in ("before", "deadline"))
    before, after = (plain_moment(moment, zone) for moment in moments)
    yield Change(_("Deadline"), before, after)
    if "questions_until" in facts:
        before, after = (_day_text(facts[name]) for name in ("questions_before", "questions_until"))
        yield Change(_("Questions can be asked until"), before, after)


def _money_text(value: Any) -> str:
    return plain_money(usd(value))


def _day_text(value: Any) -> str:
    return plain_day(date.fromisoformat(value)) if value else "–"


def _number_text(value: Any) -> str:
    return str(value) if value else "–"


def _own_text(value: Any) -> str:
    return in_language(value) if value else "–"


_NAMES: Mapping[str, tuple[Callable[[], str], Callable[[Any], str]]] = {
    "title": (lambda: _("Title"), _own_text),
    "summary": (lambda: _("Purpose of the call"), _own_text),
    "envelope_minor": (lambda: _("Total amount available for awards"), _money_text),
    "lowest_minor": (lambda: _("Minimum grant amount"), _money_text),
    "highest_minor": (lambda: _("Maximum grant amount"), _money_text),
    "months": (lambda: _("Maximum duration in months"), str),
    "least_months": (lambda: _("Minimum duration in months"), _number_text),
    "earliest_start_on": (lambda: _("Projects start on this date or later"), _day_text),
    "registered_by": (lambda: _("Organisations must have been registered by"), _day_text),
    "years_in_a_row": (
        lambda: _("Maximum number of years in a row in which an organisation may hold a grant"),
        _number_text,
    ),
    "applications_per_organisation": (
        lambda: _("Maximum number of applications per organisation"),
        str,
    ),
    "ceilings": (
        lambda: _("Budget ceilings"),
        lambda rows: spaced(";").join(in_words(rows)) or "–",
    ),
    "form": (
        lambda: _("Documents that must be attached"),
        lambda labels: spaced(";").join(map(in_language, labels)) or "–",
    ),
    "questions_until": (lambda: _("Questions can be asked until"), _day_text),
    "answers_on": (lambda: _("Answers are published by"), _day_text),
}
"""What each rule is called, and how its value is told."""
