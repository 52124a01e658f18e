"""A document that another process prints is the same to the byte."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from grants.config import Settings
from grants.core.kernel import clock
from grants.core.kernel.apart import own_helpers
from grants.papers.typesetting.enclosed import Enclosure
from grants.papers.typesetting.installation import get_ready, load_for_helpers, prepare_printing
from grants.papers.typesetting.source import PrintSource
from tests.papers.typesetting.test_pdf import PAGE

ROOT = Path(__file__).parents[3]
FILE = Enclosure("facts.json", b"{}", "The same facts", datetime(2026, 11, 26, tzinfo=UTC))
SOURCE = PrintSource(PAGE.format("<p>Dear Sir or Madam</p>"), "ltr", (FILE,), signed=True)


def prepared(folder: Path) -> None:
    """A process that signs with the key of this folder, on a day of another zone."""
    prepare_printing(Settings(folder, "http://localhost", secret_key="for tests only"))
    clock.use_zone("America/New_York")


def print_in_a_helper(folder: Path) -> None:
    """For a process of its own, which may fork: pytest has threads."""
    prepared(folder)
    load_for_helpers()
    moment = datetime(2026, 11, 26, 3, tzinfo=UTC)
    with own_helpers(1, get_ready), clock.at(moment):
        (folder / "apart.pdf").write_bytes(SOURCE.printed())


def test_what_is_printed_and_signed_apart_is_the_same_to_the_byte(tmp_path: Path) -> None:
    code = f"from {__name__} import *; print_in_a_helper(Path({str(tmp_path)!r}))"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={**os.environ}, check=True)
    before = clock.zone()
    prepared(tmp_path)
    try:
        with clock.at(datetime(2026, 11, 26, 3, tzinfo=UTC)):
            assert (tmp_path / "apart.pdf").read_bytes() == SOURCE.printed()
    finally:
        clock.use_zone(before.key)
