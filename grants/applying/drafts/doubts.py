"""What in the files of an application may identify a victim, asked of its writers like their words.

A file is read once, when it is attached; what is found is kept with it, and only the words found.
"""

from collections.abc import Iterable

from grants.applying.applications.models import AttachedFile
from grants.applying.organisations.papers.models import PaperKind
from grants.platform.file_checks.checks import Upload
from grants.platform.questions.personal import PHONE, Finding, findings

MOST = 20
"""Findings kept of one file."""


def doubts_in(question: str, upload: Upload) -> list[dict[str, str]]:
    """What is found in a file. The organisation's own papers name its telephone, and may."""
    from grants.platform.documents.texts import text_of  # loaded with the first upload

    is_own_paper = question in set(PaperKind)
    doubts = findings(text_of(upload.name, upload.content))
    return [
        {"kind": doubt.kind, "excerpt": doubt.excerpt}
        for doubt in doubts
        if not (is_own_paper and doubt.kind == PHONE)
    ][:MOST]


def in_files(files: Iterable[AttachedFile]) -> dict[str, list[Finding]]:
    """What was found, by the key of the question whose file it is."""
    by_question: dict[str, list[Finding]] = {}
    for file in files:
        for doubt in file.doubts:
            finding = Finding(doubt["kind"], doubt["excerpt"], file.document.name)
            by_question.setdefault(file.question, []).append(finding)
    return by_question
