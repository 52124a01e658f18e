"""An application packed for people who work offline: the paper, the answers, every file, and a list
of all of it by which a reader can tell that nothing is missing and nothing was changed.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application, Submission
from grants.applying.references.queries import requests_of
from grants.applying.submissions.dossier import canonical_text
from grants.applying.submissions.snapshot import canonical, sha256_of
from grants.papers.statements.issuing import render
from grants.platform.documents.models import ScanState
from grants.platform.documents.service import content_of

LONGEST_NAME = 200
"""Bytes; a name of 255, with what stands before it, is the most that file systems keep."""
IN_MEMORY = 5_000_000
"""Bytes from which on the archive is written to disk."""


@dataclass(frozen=True, slots=True)
class Packed:
    """One entry of the archive."""

    path: str
    sha256: str
    size: int
    question: str = ""
    """The key of the question that a file answers."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that the archive does not hold, since the virus check has not passed it."""

    name: str
    sha256: str
    scan: str


def digest_of_pack(session: Session, submission: Submission, language: str) -> str:
    """SHA-256 of what the archive is made from: where it is the same, so is the archive."""
    scans = [(file.id, file.document.scan.value) for file in submission.application.files]
    clarified = [sha256_of(after) for after in _clarifications_of(submission)]
    translated = [row.id for row in submission.application.translations]
    letters = [(row.id, row.version) for row in requests_of(session, submission.application)]
    whole = [
        "application pack 4",
        submission.sha256,
        sorted(scans),
        clarified,
        translated,
        letters,
        language,
    ]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()


def pack(session: Session, submission: Submission) -> IO[bytes]:
    """The archive as an open file, from its beginning. Its paper is in the current language."""
    folder, entries = submission.application.reference, _entries_of(session, submission)
    moment = submission.submitted_at
    return archived(folder, moment, entries, lambda packed: _manifest_of(submission, packed))


def archived(
    folder: str,
    moment: datetime,
    entries: Iterable[tuple[str, bytes, str]],
    manifest: Callable[[list[Packed]], str],
) -> IO[bytes]:
    """An archive of entries (path, content, the question that it answers), with a list of all of
    it and the sums by which each is checked.
    """
    packed: list[Packed] = []
    archive = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller closes it
    with ZipFile(archive, "w") as file:
        for path, content, question in entries:
            entry = ZipInfo(path, moment.timetuple()[:6])
            stored = path.endswith((".pdf", ".jpg", ".jpeg", ".png", ".docx", ".xlsx"))
            entry.compress_type = ZIP_STORED if stored else ZIP_DEFLATED
            file.writestr(entry, content)
            digest = hashlib.sha256(content).hexdigest()
            packed.append(Packed(path, digest, len(content), question))
        sums = "".join(f"{item.sha256}  {item.path.partition('/')[2]}\n" for item in packed)
        file.writestr(f"{folder}/manifest.json", manifest(packed))
        file.writestr(f"{folder}/SHA256SUMS", sums)
    archive.seek(0)
    return archive


def _entries_of(session: Session, submission: Submission) -> Iterator[tuple[str, bytes, str]]:
    """(path, content, key of the question) of everything in the archive but its lists."""
    folder = submission.application.reference
    yield f"{folder}/application.pdf", render(session, "submission", folder)[1], ""
    yield f"{folder}/application.json", canonical_text(submission).encode(), ""
    if clarified := _clarifications_of(submission):
        text = canonical({"clarifications": clarified})
        yield f"{folder}/clarifications.json", text.encode(), ""
    documents = {upload.id: upload.document for upload in submission.application.files}
    for number, file in enumerate(_files_of(submission), 1):
        document = documents[file["id"]]
        if document.scan is ScanState.CLEAN:
            path = f"{folder}/files/{number:02}-{_safe_name(document.name)}"
            yield path, content_of(document), file["question"]


def _clarifications_of(submission: Submission) -> list[dict[str, Any]]:
    """What the fund asked after the submission, with the sections before and after."""
    return [
        {
            "question": clarification.question,
            "asked_at": clarification.asked_at.isoformat(),
            "answered_at": clarification.answered_at.isoformat(),
            "sections": clarification.sections,
            "before": clarification.before,
            "after": clarification.after,
        }
        for clarification in submission.application.clarifications
        if clarification.answered_at is not None
    ]


def _files_of(submission: Submission) -> list[dict[str, Any]]:
    """The files that were submitted, then those that clarifications added."""
    later = [file for answer in _clarifications_of(submission) for file in answer["after"]["files"]]
    submitted = {file["id"]: file for file in (*submission.snapshot["files"], *later)}
    return list(submitted.values())


def _safe_name(name: str) -> str:
    """A name that every system can unpack: without special signs, and short in bytes too."""
    plain = "".join("_" if sign in '<>:"/\\|?*' or sign < " " else sign for sign in name)
    return plain.encode()[-LONGEST_NAME:].decode(errors="ignore")


def _manifest_of(submission: Submission, packed: list[Packed]) -> str:
    application: Application = submission.application
    documents = {upload.id: upload.document for upload in application.files}
    left_out = [
        LeftOut(document.name, document.sha256, document.scan.value)
        for file in _files_of(submission)
        if (document := documents[file["id"]]).scan is not ScanState.CLEAN
    ]
    facts: dict[str, Any] = {
        "application": application.reference,
        "call": application.call.reference,
        "organisation": submission.snapshot["organisation"]["name"],
        "submitted_at": submission.snapshot["submitted_at"],
        "submitted_by": submission.snapshot["submitted_by"],
        "submission_sha256": submission.sha256,
        "entries": [asdict(upload) for upload in packed],
        "left_out": [asdict(upload) for upload in left_out],
    }
    return json.dumps(facts, ensure_ascii=False, indent=2) + "\n"
