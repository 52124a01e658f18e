"""ClamAV itself (Debian: clamav-daemon), with a signature of our own, so that none is fetched."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel.errors import Forbidden, InvalidInput
from grants.platform.documents import service
from grants.platform.documents.models import ScanState
from grants.platform.documents.scanner import Clamd, ScannerAway, use_scanner
from grants.platform.file_checks.checks import Upload
from grants.platform.scanning.service import scan_waiting
from tests.platform.documents import files
from tests.platform.scanning.clamd import MARK

CLAMD = shutil.which("clamd", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin")
BY = Act.by_system("test")
pytestmark = pytest.mark.skipif(
    CLAMD is None, reason="ClamAV is not installed: apt-get install clamav-daemon"
)


@pytest.fixture(autouse=True)
def none_afterwards() -> Iterator[None]:
    yield
    use_scanner(None)


@contextmanager
def running(folder: Path) -> Iterator[Clamd]:
    """The daemon, from its first answer until the end of the block."""
    (folder / "db").mkdir(exist_ok=True)
    (folder / "db" / "own.ndb").write_text(f"Test.Upload:0:*:{MARK.hex()}\n")
    (folder / "clamd.conf").write_text(
        f"DatabaseDirectory {folder}/db\nLocalSocket {folder}/clamd.ctl\nForeground yes\n"
    )
    command = [str(CLAMD), "--config-file", str(folder / "clamd.conf")]
    scanner = Clamd.at(f"unix://{folder}/clamd.ctl")
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as daemon:
        try:
            until = time.monotonic() + 60
            while not answers(scanner):
                assert daemon.poll() is None, "clamd has ended"
                assert time.monotonic() < until, "clamd does not answer"
                time.sleep(0.02)
            yield scanner
        finally:
            daemon.terminate()


def answers(scanner: Clamd) -> bool:
    try:
        scanner.scan(b"Is anybody there?")
    except ScannerAway:
        return False
    return True


def test_clamav_passes_what_is_clean_and_refuses_what_it_knows(
    session: Session, tmp_path: Path
) -> None:
    clean = Upload("a.pdf", files.pdf())
    infected = Upload("b.pdf", files.pdf(carries=b'{"x": "%s"}' % MARK, named="x.json"))
    with running(tmp_path) as scanner:
        use_scanner(scanner)
        kept = service.keep(session, clean, BY)
        assert kept.scan is ScanState.CLEAN
        assert (kept.scanned_by or "").startswith("ClamAV 1.")
        with pytest.raises(InvalidInput, match=r"malicious content in this file \(Test\.Upload"):
            service.keep(session, infected, BY)
    waiting, bad = (service.keep(session, file, BY) for file in (clean, infected))
    assert (waiting.scan, bad.scan) == (ScanState.PENDING, ScanState.PENDING)
    with pytest.raises(Forbidden, match="waiting for the virus check"):
        service.content_of(waiting)
    with running(tmp_path) as scanner:
        scan_waiting(session, scanner)
    assert (waiting.scan, bad.scan) == (ScanState.CLEAN, ScanState.INFECTED)
