"""Where a history is read from: a folder of CSV files, a ZIP of them, or a workbook."""

import io
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.texts.tabular import Content, Record
from grants.core.texts.workbook import sheets_of
from grants.desk.moving_in.history.files import FILES
from grants.platform.file_checks.packages import inspect_xlsx, inspect_zip

Given = Mapping[str, Content | Sequence[Record]]
"""The files of a history by their names: as CSV, or as records of a sheet."""

MOST_ROWS = 100_000
"""Of one sheet. A fund that has more moves in by CSV files and the command line."""


def given_in(path: Path) -> Given:
    """What a folder, a ZIP or a workbook holds; InvalidInput if it is no history."""
    if path.is_dir():
        files = {name: path / name for name in FILES if (path / name).is_file()}
        return _require_some(path.name, files)
    return given_by(path.name, path.read_bytes())


def given_by(name: str, content: bytes) -> Given:
    """What an uploaded file holds, by the ending of its name."""
    if name.lower().endswith(".xlsx"):
        return _require_some(name, from_workbook(inspect_xlsx(content)))
    if name.lower().endswith(".zip"):
        return _require_some(name, from_archive(inspect_zip(content)))
    raise InvalidInput(_("“%(name)s” is not a folder, a .zip file or an .xlsx file.", name=name))


def from_archive(content: bytes) -> Given:
    """The CSV files of a ZIP: those that are in no folder or in the fewest, so that the examples
    which come with the templates are no part of a history. Nothing is written anywhere.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = [(PurePosixPath(entry.filename), entry) for entry in archive.infolist()]
        csv_entries = [
            (path, entry)
            for path, entry in entries
            if path.name in FILES and "__MACOSX" not in path.parts
        ]
        least = min((len(path.parts) for path, _entry in csv_entries), default=0)
        outermost = [(path.name, entry) for path, entry in csv_entries if len(path.parts) == least]
        for name, times in Counter(name for name, _entry in outermost).items():
            if times > 1:
                raise InvalidInput(_("%(file)s appears twice; expected once.", file=name))
        return {name: archive.read(entry) for name, entry in outermost}


def from_workbook(content: bytes) -> Given:
    """The sheets of a workbook that are named like the files, with or without “.csv”."""
    names = {name.removesuffix(".csv"): name for name in FILES}
    sheets = sheets_of(content, names, MOST_ROWS)
    return {names[title]: records for title, records in sheets.items()}


def unknown_files(folder: Path) -> list[str]:
    """CSV files in a folder that belong to no history: a name may be mistyped."""
    files = folder.glob("*.csv") if folder.is_dir() else ()
    return sorted(path.name for path in files if path.name not in FILES)


def _require_some(name: str, files: Given) -> Given:
    if not files:
        names = ", ".join(FILES)
        raise InvalidInput(
            _("%(name)s contains none of these files: %(names)s.", name=name, names=names)
        )
    return files
