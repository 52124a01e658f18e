"""Translations beside the answers that they are of, in their newest version."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from grants.applying.applications.models import AnswerTranslation
from grants.applying.submissions.clarifying import Compared
from grants.platform.questionnaires.presentation import Answer, Translated


def fingerprint(text: str) -> str:
    """SHA-256 of a text, by which a translation is known to be of exactly this text."""
    return hashlib.sha256(text.encode()).hexdigest()


def newest(translations: Iterable[AnswerTranslation]) -> Iterator[AnswerTranslation]:
    """The newest version of each text in each language; `translations` begin with the oldest."""
    versions = {(row.question, row.language, row.original): row for row in translations}
    return iter(versions.values())


def translated(
    answers: Iterable[Answer], translations: Sequence[AnswerTranslation]
) -> Iterator[Answer]:
    """Answers with their translations. One of an earlier text of an answer is not beside it."""
    by_question: dict[str, list[AnswerTranslation]] = {}
    for row in newest(translations):
        by_question.setdefault(row.question, []).append(row)
    for answer in answers:
        rows = by_question.get(answer.key, ())
        beside = [row for row in rows if row.original == fingerprint(answer.words)]
        yield replace(answer, translations=tuple(map(_shown_row, beside))) if beside else answer


def translated_changes(
    changes: Iterable[Compared], translations: Sequence[AnswerTranslation]
) -> Iterator[Compared]:
    """What a clarification changed, with the translations of what was written before and after."""
    for change in changes:
        before, after = translated((change.before, change.after), translations)
        yield replace(change, before=before, after=after)


def _shown_row(row: AnswerTranslation) -> Translated:
    return Translated(row.language, row.text, row.number, row.by_applicant, row.written_at)
