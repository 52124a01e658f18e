"""Uploads under a virus scanner: clean, refused, waiting while it is away, looked at later."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.config import Settings
from grants.core.audit.act import Act
from grants.core.kernel.errors import DomainError, Forbidden, InvalidInput
from grants.platform.documents import scanner as scanner_module
from grants.platform.documents import service
from grants.platform.documents.models import Document, ScanState
from grants.platform.documents.scanner import PIECE, Clamd, ScannerAway, use_scanner
from grants.platform.file_checks.checks import Upload
from grants.platform.messages.models import Message
from grants.platform.scanning.service import scan_waiting
from tests.factories import a_person, act_of
from tests.platform.documents import files
from tests.platform.scanning.clamd import MARK, VERSION, Daemon, daemon, silent

BY = Act.by_system("test")


@pytest.fixture(autouse=True)
def none_afterwards() -> Iterator[None]:
    yield
    use_scanner(None)


@pytest.fixture
def clamd(tmp_path: Path) -> Iterator[Daemon]:
    with daemon(tmp_path / "clamd.ctl") as found:
        use_scanner(Clamd.at(found.address))
        yield found


def away(tmp_path: Path) -> None:
    use_scanner(Clamd.at(f"unix://{tmp_path}/nobody.ctl"))


def infected() -> Upload:
    return Upload("a.pdf", files.pdf(carries=b'{"x": "%s"}' % MARK, named="x.json"))


def test_a_clean_file_says_who_looked_at_it(session: Session, clamd: Daemon) -> None:
    content = files.pdf()
    kept = service.keep(session, Upload("a.pdf", content), BY)
    assert (kept.scan, kept.scanned_by) == (ScanState.CLEAN, VERSION[:60])
    assert clamd.seen == [content]


def test_a_file_of_many_pieces_arrives_whole(clamd: Daemon) -> None:
    content = bytes(range(256)) * (PIECE // 256 * 3 + 1)
    assert Clamd.at(clamd.address).scan(content).infection is None
    assert clamd.seen == [content]


def test_an_infected_file_is_refused_and_not_kept(session: Session, clamd: Daemon) -> None:
    clamd.answers = [b"stream: Win.Test.EICAR_HDB-1 FOUND\0"]
    with pytest.raises(InvalidInput, match=r"malicious content in this file \(Win\.Test\.EICAR"):
        service.keep(session, Upload("a.pdf", files.pdf()), BY)
    assert session.scalar(select(Document)) is None


def test_while_the_scanner_is_away_a_file_waits_and_nobody_opens_it(
    session: Session, tmp_path: Path
) -> None:
    away(tmp_path)
    kept = service.keep(session, Upload("a.pdf", files.pdf()), BY)
    assert (kept.scan, kept.scanned_by) == (ScanState.PENDING, None)
    with pytest.raises(Forbidden, match="waiting for the virus check"):
        service.content_of(kept)


def test_what_waited_is_looked_at_when_it_is_back(
    session: Session, tmp_path: Path, clamd: Daemon
) -> None:
    away(tmp_path)
    content = files.pdf()
    kept = service.keep(session, Upload("a.pdf", content), BY)
    assert scan_waiting(session, Clamd.at(clamd.address)) == 1
    assert (kept.scan, kept.scanned_by) == (ScanState.CLEAN, VERSION[:60])
    assert service.content_of(kept) == content
    assert scan_waiting(session, Clamd.at(clamd.address)) == 0


def test_what_waited_and_is_infected_is_refused_and_the_person_is_told(
    session: Session, tmp_path: Path, clamd: Daemon
) -> None:
    away(tmp_path)
    person = a_person(session, "Ana Prado")
    kept = service.keep(session, Upload("budget.pdf", files.pdf()), act_of(session, person))
    clamd.answers = [b"stream: Test.File-1 FOUND\0"]
    scan_waiting(session, Clamd.at(clamd.address))
    assert kept.scan is ScanState.INFECTED
    with pytest.raises(Forbidden, match="refused by the virus check"):
        service.content_of(kept)
    letter = session.scalars(select(Message).where(Message.recipient == person.email)).one()
    assert "budget.pdf" in letter.text
    assert "Test.File-1" in letter.text


def test_what_waits_goes_on_waiting_while_it_is_away(session: Session, tmp_path: Path) -> None:
    away(tmp_path)
    kept = service.keep(session, Upload("a.pdf", files.pdf()), BY)
    assert scan_waiting(session, Clamd.at(f"unix://{tmp_path}/nobody.ctl")) == 0
    assert kept.scan is ScanState.PENDING


@pytest.mark.parametrize(
    "answer",
    [
        b"INSTREAM size limit exceeded. ERROR\0",
        b"",
        b"stream: OK nonsense\0",
        b"\xff\0",
        b"x" * 9000,
    ],
    ids=["too large", "nothing", "nonsense", "no text", "no end"],
)
def test_another_answer_is_never_taken_for_clean(clamd: Daemon, answer: bytes) -> None:
    clamd.answers = [answer]
    with pytest.raises(ScannerAway):
        Clamd.at(clamd.address).scan(b"content")


def test_a_daemon_that_says_nothing_does_not_hold_people_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanner_module, "PATIENCE", 0.05)
    with silent(tmp_path / "silent.ctl") as address, pytest.raises(ScannerAway):
        Clamd.at(address).scan(b"content")


def test_the_setting_is_an_address_or_refused() -> None:
    assert Clamd.at("tcp://scanner.example.org") == Clamd(("scanner.example.org", 3310))
    assert Clamd.at("unix:///run/clamav/clamd.ctl") == Clamd("/run/clamav/clamd.ctl")
    for wrong in ("http://localhost:3310", "tcp://", "unix://relative", "tcp://host:none"):
        with pytest.raises(DomainError, match="SCANNER_URL must be like"):
            Clamd.at(wrong)
    assert Settings.from_environment({"SCANNER_URL": "tcp://a:1"}).scanner_url == "tcp://a:1"
