"""What is printed for a person who waits is printed once, kept for a day, and told if it fails."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from flask import Flask

from grants.core.kernel import kept_files
from grants.core.kernel.errors import DomainError, Unfinished
from grants.core.kernel.kept_files import KEPT
from grants.papers.typesetting import shelf as module
from grants.papers.typesetting.shelf import REMEMBERED, Shelf
from grants.papers.typesetting.source import PrintSource, use_printers
from grants.platform.documents import origin

PATIENT = 30.0


class Slow:
    """In the place of the printers: it waits until it may go on, and counts what it prints."""

    def __init__(self) -> None:
        self.may_go_on = Event()
        self.printed_so_far: list[str] = []
        self.refusal: Exception | None = None

    def printed(self, given: dict[str, str], *, is_long: bool) -> bytes:
        assert not is_long
        self.printed_so_far.append(given["html"])
        assert self.may_go_on.wait(PATIENT)
        if self.refusal:
            raise self.refusal
        return given["html"].encode()

    def close(self) -> None:
        self.may_go_on.set()


@pytest.fixture
def printers(app: Flask) -> Iterator[Slow]:
    slow = Slow()
    use_printers(slow)  # type: ignore[arg-type]
    yield slow
    use_printers(None)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "printed", PATIENT)


def grow_old(path: Path) -> None:
    past = time.time() - KEPT - 1
    os.utime(path, (past, past))


def test_a_document_of_the_same_facts_is_printed_once(printers: Slow, shelf: Shelf) -> None:
    printers.may_go_on.set()
    first = shelf.take(PrintSource("one", "ltr"))
    assert first
    assert shelf.take(PrintSource("one", "ltr")) == first
    assert printers.printed_so_far == ["one"]
    assert shelf.take(PrintSource("one", "rtl"))
    assert printers.printed_so_far == ["one", "one"]


def test_who_waits_is_let_go_and_readers_at_once_share_one_printing(
    printers: Slow, shelf: Shelf
) -> None:
    shelf.patience = 0.05
    with ThreadPoolExecutor(6) as readers:
        taken = [readers.submit(shelf.take, PrintSource("one", "ltr")) for _number in range(6)]
        assert [one.result() for one in taken] == [None] * 6
    printers.may_go_on.set()
    shelf.patience = PATIENT
    assert shelf.take(PrintSource("one", "ltr"))
    assert printers.printed_so_far == ["one"]


@pytest.mark.parametrize("failure", [DomainError("The key cannot be used."), RuntimeError("torn")])
def test_a_failure_is_told_and_tried_again_when_asked_or_after_a_minute(
    printers: Slow, shelf: Shelf, failure: Exception
) -> None:
    printers.may_go_on.set()
    printers.refusal = failure
    said = "cannot be used" if isinstance(failure, DomainError) else "could not be produced"
    source = PrintSource("one", "ltr")
    for _reader in range(2):
        with pytest.raises(Unfinished, match=said):
            shelf.take(source)
    assert printers.printed_so_far == ["one"]
    printers.refusal = None
    assert shelf.take(source, again=True)
    assert printers.printed_so_far == ["one", "one"]
    printers.refusal = failure
    with pytest.raises(Unfinished):
        shelf.take(PrintSource("two", "ltr"))
    (failed,) = shelf.folder.glob("*.failed")
    past = time.time() - REMEMBERED - 1
    os.utime(failed, (past, past))
    printers.refusal = None
    assert shelf.take(PrintSource("two", "ltr"))


def test_what_a_process_has_left_half_done_is_printed_by_the_next(
    printers: Slow, shelf: Shelf
) -> None:
    printers.may_go_on.set()
    source = PrintSource("one", "ltr")
    assert shelf.take(source)
    (place,) = shelf.folder.glob("*.pdf")
    place.rename(place.with_suffix(".new"))
    place.with_suffix(".lock").touch()
    assert shelf.take(source)
    assert place.exists()


def test_only_so_many_documents_wait_in_one_process(printers: Slow, shelf: Shelf) -> None:
    shelf.patience = 0
    for number in range(module.MOST):
        assert shelf.take(PrintSource(str(number), "ltr")) is None
    with pytest.raises(Unfinished, match="Try again in a minute"):
        shelf.take(PrintSource("one more", "ltr"))
    assert shelf.take(PrintSource("0", "ltr")) is None, "who waits already goes on waiting"
    printers.may_go_on.set()
    until = time.monotonic() + PATIENT
    while len(list(shelf.folder.glob("*.pdf"))) < module.MOST and time.monotonic() < until:
        time.sleep(0.01)
    assert not list(shelf.folder.glob("*.new"))


def test_after_a_day_a_document_is_gone(
    printers: Slow, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_files, "SWEPT_EVERY", 0)
    printers.may_go_on.set()
    assert shelf.take(PrintSource("old", "ltr"))
    (old,) = shelf.folder.glob("*.pdf")
    assert shelf.take(PrintSource("young", "ltr"))
    (young,) = set(shelf.folder.glob("*.pdf")) - {old}
    grow_old(old)
    assert shelf.take(PrintSource("new", "ltr"))
    until = time.monotonic() + PATIENT
    while old.exists() and time.monotonic() < until:
        time.sleep(0.01)
    assert not old.exists()
    assert young.exists()


def test_under_another_secret_it_is_another_file(printers: Slow, shelf: Shelf) -> None:
    printers.may_go_on.set()
    assert shelf.take(PrintSource("one", "ltr"))
    origin.use_seal_key("another secret")
    assert shelf.take(PrintSource("one", "ltr"))
    assert len(list(shelf.folder.glob("*.pdf"))) == 2


def test_with_a_full_disk_who_waits_gets_the_document(
    printers: Slow, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "write", full)
    printers.may_go_on.set()
    for _refresh in range(3):
        assert shelf.take(PrintSource("one", "ltr")) == b"one"
    assert printers.printed_so_far == ["one"]
    printers.refusal = DomainError("The key cannot be used.")
    for _refresh in range(2):
        with pytest.raises(Unfinished, match="cannot be used"):
            shelf.take(PrintSource("two", "ltr"))
    assert printers.printed_so_far == ["one", "two"]
    printers.refusal = None
    assert shelf.take(PrintSource("two", "ltr"), again=True) == b"two"


def test_where_there_can_be_no_folder_who_waits_gets_the_document(
    printers: Slow, tmp_path: Path
) -> None:
    printers.may_go_on.set()
    (tmp_path / "file").touch()
    shelf = Shelf(tmp_path / "file" / "printed", PATIENT)
    for _refresh in range(3):
        assert shelf.take(PrintSource("one", "ltr")) == b"one"
    assert printers.printed_so_far == ["one"]


def test_what_is_older_than_a_day_or_has_vanished_is_printed_again(
    printers: Slow, shelf: Shelf
) -> None:
    printers.may_go_on.set()
    source = PrintSource("one", "ltr")
    assert shelf.take(source)
    (place,) = shelf.folder.glob("*.pdf")
    grow_old(place)
    assert shelf.take(source)
    place.unlink()
    assert shelf.take(source)
    assert printers.printed_so_far == ["one"] * 3


def test_an_empty_note_of_a_failure_is_none(printers: Slow, shelf: Shelf) -> None:
    printers.may_go_on.set()
    source = PrintSource("one", "ltr")
    assert shelf.take(source)
    (place,) = shelf.folder.glob("*.pdf")
    place.rename(place.with_suffix(".failed"))
    place.with_suffix(".failed").write_bytes(b"")
    assert shelf.take(source)


def test_a_lock_that_is_held_is_not_swept(shelf: Shelf) -> None:
    shelf.folder.mkdir()
    held, free = shelf.folder / "held.lock", shelf.folder / "free.lock"
    free.touch()
    with kept_files.locked(held) as ours:
        assert ours
        for lock in (held, free):
            grow_old(lock)
        shelf.clear()
        assert held.exists()
        assert not free.exists()
