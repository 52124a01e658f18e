"""What was printed for a reader, kept for a day for the next reader of the same facts."""

import hashlib
from contextlib import suppress
from pathlib import Path

from grants.core.kernel.kept_files import clear, write, young
from grants.papers.typesetting.source import PrintSource


def printed_once(data_dir: Path, source: PrintSource) -> bytes:
    """The PDF, kept under the digest of all that its bytes depend on, or printed now."""
    digest = hashlib.sha256(f"{source.key} {source.stamp()}".encode()).hexdigest()
    place = _printed_folder(data_dir) / f"{digest}.pdf"
    if content := young(place):
        return content
    content = source.printed()
    with suppress(OSError):  # a full disk: it is handed out, and printed again for the next
        place.parent.mkdir(parents=True, exist_ok=True)
        write(place, content)
    return content


def clear_printed(data_dir: Path) -> None:
    """What was printed a day ago goes."""
    clear(_printed_folder(data_dir))


def _printed_folder(data_dir: Path) -> Path:
    return data_dir / "printed"
