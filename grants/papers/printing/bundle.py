"""The statements of a run as one ZIP, piece by piece: no more of it is held in memory."""

import csv
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from grants.papers.printing.press.folder import MANIFEST

MOMENT = (2000, 1, 1, 0, 0, 0)
"""Of every file in it: the same statements make the same ZIP."""


class _Sent:
    """Takes what a ZIP writes, and gives it on."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self.pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits here."""

    def taken(self) -> bytes:
        pieces, self.pieces = self.pieces, []
        return b"".join(pieces)


def bundle(folder: Path) -> Iterator[bytes]:
    """What the manifest lists, PDFs as they are, and the manifest itself."""
    sent = _Sent()
    with ZipFile(sent, "w") as archive:  # type: ignore[call-overload]
        for name in _file_names(folder):
            kind = ZIP_STORED if name.endswith(".pdf") else ZIP_DEFLATED
            entry = ZipInfo(name, MOMENT)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, (folder / name).read_bytes(), kind)
            yield sent.taken()
    yield sent.taken()


def _file_names(folder: Path) -> Iterator[str]:
    yield MANIFEST
    with (folder / MANIFEST).open(encoding="utf-8", newline="") as manifest:
        yield from (line["file"] for line in csv.DictReader(manifest))
