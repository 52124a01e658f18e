"""Several people on one section: their answers are merged question by question.

A page carries a short digest of each answer that it was made from. With it a save tells what its
writer changed from what another person changed meanwhile; only where both changed the same question
does a person have to choose.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from grants.core.kernel.errors import Conflict
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Person
from grants.platform.questionnaires.form import Section
from grants.platform.questions import Question
from grants.platform.questions.reading import Typed

Part = dict[str, Sequence[str]]
Written = Mapping[str, Mapping[str, Any]]
"""Question key → who wrote the answer that stands ("by"), when ("at"), and from which page
("sheet" and "turn").
"""

CHOICE = "keep_"
"""How the input begins that chooses between two answers."""


class Choice(StrEnum):
    """Which of two answers to a question stands."""

    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Sheet:
    """An opened page on which a person types: its own mark, and how often it has sent its text."""

    mark: str = ""
    turn: int = 0
    base: Mapping[str, str] | None = None
    """Question key → digest of the answer that the page was made from; None: not known."""
    clashes: Collection[str] = ()
    """Questions for which the page showed two answers."""
    choices: Mapping[str, Choice] = field(default_factory=dict)

    @classmethod
    def of(cls, posted: Typed) -> "Sheet":
        """What a page says of itself, in its hidden inputs and its choices."""
        base, turn = _first_text(posted, "base"), _first_text(posted, "turn")
        return cls(
            _first_text(posted, "sheet")[:32],
            int(turn) if turn.isdecimal() and len(turn) < 10 else 0,
            dict(pair.split(":", 1) for pair in base.split() if ":" in pair) if base else None,
            _first_text(posted, "clashes").split(),
            {
                name.removeprefix(CHOICE): Choice(texts[0])
                for name, texts in posted.items()
                if name.startswith(CHOICE) and texts and texts[0] in set(Choice)
            },
        )


PREFILLED = Sheet("prefilled")
"""In the place of a page: answers that were copied from a profile or from an earlier form."""


@dataclass(frozen=True, slots=True)
class Saved:
    """The answers of a section as they stand in the books."""

    given: Typed
    version: int
    sheet: str
    turn: int
    written: Written
    saved_by_id: int | None = None
    """Who saved anything of them last."""


@dataclass(frozen=True, slots=True)
class Merged:
    """The answers to keep, and the questions that two people answered differently."""

    kept: dict[str, list[str]]
    clashes: list[str]
    changed: list[str]
    """Questions whose answer differs from what stood."""


class EditConflict(Conflict):
    """Another person changed the same questions meanwhile: their answers are in `newer`, the
    answers to choose between in `merged`, and nothing was overwritten.
    """

    def __init__(self, newer: Saved, merged: Merged) -> None:
        super().__init__(
            _("Another user saved this section while you were writing. Compare the two versions.")
        )
        self.newer, self.merged = newer, merged


def bases_of(section: Section, typed: Typed) -> str:
    """The digests of a section's answers, for the hidden input `base` of its page."""
    return " ".join(f"{q.key}:{_digest_of(part_of(q, typed))}" for q in section.questions)


def part_of(question: Question, typed: Typed) -> Part:
    """The inputs of one question."""
    return {name: texts for name, texts in typed.items() if question.owns(name)}


def merged(section: Section, posted: Typed, saved: Saved, version: int, sheet: Sheet) -> Merged:
    """Merge what a person posted with what stands. Answers that clash are kept as they were posted
    in `kept`, and named in `clashes`.
    """
    answers: Part = {}
    clashes, changed = [], []
    stale = _is_stale(posted, saved, version, sheet)
    for question in section.questions:
        ours, stored = part_of(question, posted), part_of(question, saved.given)
        answer = _answer_to_keep(question, ours, stored, saved, sheet, stale=stale)
        if answer is None:
            clashes.append(question.key)
        elif answer != stored:
            changed.append(question.key)
        answers |= ours if answer is None else answer
    return Merged({name: list(texts) for name, texts in answers.items()}, clashes, changed)


def marked(written: Written, questions: Sequence[str], sheet: Sheet, **who: Any) -> dict[str, Any]:
    """`written` with the questions that this page has just answered."""
    mark = {**who, "sheet": sheet.mark, "turn": sheet.turn}
    return {**written, **dict.fromkeys(questions, mark)}


def author_of(saved: Written, question: str) -> tuple[int | None, datetime | None]:
    """Who wrote the answer that stands, and when, as far as it is known."""
    mark = saved.get(question, {})
    at = mark.get("at")
    return mark.get("by"), datetime.fromisoformat(at) if at else None


def author_name(session: Session, saved: Saved, question: str) -> str:
    """The name of the person who gave the answer that stands; empty if it is not known."""
    person_id = author_of(saved.written, question)[0] or saved.saved_by_id
    author = session.get(Person, person_id) if person_id else None
    return author.name if author else ""


def _is_stale(posted: Typed, saved: Saved, version: int, sheet: Sheet) -> bool:
    """Is a page that cannot tell what it was made from older than what stands?"""
    goes_on = bool(sheet.mark) and sheet.mark == saved.sheet
    return version != saved.version and not goes_on and saved.given not in ({}, posted)


def _answer_to_keep(
    question: Question, ours: Part, stored: Part, saved: Saved, sheet: Sheet, *, stale: bool
) -> Part | None:
    """The answer to keep; None where two people changed the same."""
    if ours == stored:
        return stored
    base = (sheet.base or {}).get(question.key)
    if question.key in sheet.clashes:
        return _answer_chosen(question, ours, stored, base, sheet.choices.get(question.key))
    if base is None or not saved.version:
        return None if stale else ours
    if _digest_of(ours) == base:
        return stored
    if not stored or _digest_of(stored) == base:
        return ours
    return _own_or_none(ours, stored, saved.written.get(question.key, {}), sheet)


def _own_or_none(ours: Part, stored: Part, written: Mapping[str, Any], sheet: Sheet) -> Part | None:
    """Where the same page wrote both, the later one; else a person has to choose."""
    if not sheet.mark or written.get("sheet") != sheet.mark:
        return None
    return ours if sheet.turn >= int(written.get("turn", 0)) else stored


def _answer_chosen(
    question: Question, ours: Part, stored: Part, base: str | None, choice: Choice | None
) -> Part | None:
    """What the writer chose, having seen both; None if nothing, or if it has changed since."""
    if choice is None or (base is not None and _digest_of(stored) != base):
        return None
    if choice is Choice.THEIRS:
        return stored
    if choice is Choice.BOTH and question.joint:
        texts = [text for part in (stored, ours) for texts in part.values() for text in texts]
        return {question.name: [question.joint.join(texts)]}
    return ours


def _digest_of(part: Part) -> str:
    if not part:
        return "-"
    text = json.dumps({name: list(part[name]) for name in sorted(part)}, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _first_text(posted: Typed, name: str) -> str:
    texts = posted.get(name) or ("",)
    return texts[0]
