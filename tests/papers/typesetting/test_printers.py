"""A document that hangs or kills the process that prints it is answered; the others are printed."""

import gc
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psutil
import pytest
from sqlalchemy.orm import Session

from grants.config import Settings
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Unfinished
from grants.core.kernel.language import use_language
from grants.papers.typesetting import pdf
from grants.papers.typesetting import printers as module
from grants.papers.typesetting.enclosed import Enclosure, Unprintable
from grants.papers.typesetting.finishing import prepare_signing, printed_here
from grants.papers.typesetting.printer import get_ready
from grants.papers.typesetting.printers import Printers
from grants.papers.typesetting.source import use_printers
from grants.platform.pdf_signing.installing import key_folder
from grants.platform.pdf_signing.place import Place
from grants.platform.pdf_signing.signing import place
from tests.factories import a_call
from tests.papers.typesetting import labour
from tests.papers.typesetting.test_pdf import PAGE
from tests.platform.web.client import StrictClient

LIMIT = 60


@pytest.fixture
def printers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Printers]:
    monkeypatch.setattr(module, "GRACE", 0.3)
    with closing(Printers(LIMIT, short=LIMIT, module=labour.__name__)) as made:
        yield made


def printed(printers: Printers, html: str, *, is_long: bool = False) -> str:
    """What the process says: its number and the HTML."""
    return printers.printed({"html": html}, is_long=is_long).decode()


def test_what_hangs_is_answered_and_the_next_is_printed_by_another_process(
    printers: Printers, caplog: pytest.LogCaptureFixture
) -> None:
    first = printed(printers, "one").split()[0]
    assert printed(printers, "two").split() == [first, "two"]
    printers.limits[False] = 1
    for html in ("hangs <title>Receipt 7</title>", "stops <title>Letter 8</title>"):
        with pytest.raises(Unfinished, match=r"not produced within 1 seconds\. Try again later"):
            printed(printers, html)
    printers.limits[False] = LIMIT
    assert "Receipt 7" in caplog.text
    assert "Letter 8" in caplog.text
    assert not psutil.pid_exists(int(first))
    assert printed(printers, "three").endswith(" three")


def test_others_are_printed_while_one_hangs(printers: Printers, tmp_path: Path) -> None:
    done = tmp_path / "done"
    with ThreadPoolExecutor(3) as threads:
        slow = threads.submit(printed, printers, f"waits {done}")
        others = [threads.submit(printed, printers, f"other {number}") for number in range(4)]
        heard = [one.result().split(" ", 1)[1] for one in others]
        done.touch()
        assert slow.result().endswith(str(done))
    assert heard == [f"other {number}" for number in range(4)]


def test_a_process_that_ends_is_replaced_once_and_a_failure_is_told(printers: Printers) -> None:
    first = int(printed(printers, "one").split()[0])
    psutil.Process(first).kill()
    while psutil.Process(first).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    assert printed(printers, "two").endswith(" two")
    with pytest.raises(Unfinished, match="stopped twice"):
        printed(printers, "dies")
    with pytest.raises(RuntimeError, match="ValueError: no such page"):
        printed(printers, "fails")
    with pytest.raises(Unprintable):
        printed(printers, "names")


def test_a_long_document_takes_its_process_along(printers: Printers) -> None:
    number = int(printed(printers, "x", is_long=True).split()[0])
    assert not psutil.pid_exists(number)


def test_no_process_outlives_who_asks_it(tmp_path: Path) -> None:
    """Dropped, put aside for others, or put aside in the middle of a document."""
    made = [Printers(LIMIT, short=LIMIT, module=labour.__name__) for _number in range(3)]
    dropped, replaced, busy = (int(printed(one, "one").split()[0]) for one in made)
    use_printers(made[1])
    use_printers(made[2])
    assert not psutil.pid_exists(replaced)
    done = tmp_path / "done"
    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(printed, made[2], f"waits {done}")
        while made[2]._idle:
            time.sleep(0.01)
        use_printers(None)
        assert psutil.pid_exists(busy)
        done.touch()
        assert slow.result().endswith(str(done))
    assert not psutil.pid_exists(busy)
    del made[0]
    gc.collect()
    assert not psutil.pid_exists(dropped)


def test_what_is_printed_apart_is_the_same_to_the_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the real process: with a file in it, and the signature on the day of the zone."""
    monkeypatch.setattr(clock._house, "zone", ZoneInfo("America/New_York"))
    file = Enclosure("facts.json", b"{}", "The same facts", datetime(2026, 11, 26, tzinfo=UTC))
    place = Place("The fund", "Issued by this office", date(2026, 11, 26), 4096)
    given: dict[str, Any] = {
        "html": PAGE.format("<p>Dear Sir or Madam</p>"),
        "enclosures": (file,),
        "place": place,
    }
    with closing(Printers(LIMIT, short=LIMIT)) as printers:
        assert printers.printed(given, is_long=False) == pdf.printed(**given)
        with pytest.raises(Unprintable):
            printers.printed({"html": PAGE.format('<img alt="" src="file:///x">')}, is_long=False)


def test_a_document_is_signed_where_it_is_printed_and_what_hinders_it_is_told(
    tmp_path: Path,
) -> None:
    settings = Settings(tmp_path, "http://localhost", secret_key="for tests only")
    prepare_signing(settings)
    given: dict[str, Any] = {"html": PAGE.format("<p>Dear Madam</p>"), "place": place()}
    with closing(Printers(LIMIT, short=LIMIT, settings=settings)) as printers:
        assert printers.printed(given, is_long=False) == printed_here(given)
        key_folder(settings).file.write_bytes(b"no key")
        with pytest.raises(DomainError) as here:
            printed_here(given)
        with pytest.raises(DomainError) as apart, use_language("ar"):
            printers.printed(given, is_long=False)
        assert (here.value.message, apart.value.message) != ("", "")


@pytest.mark.parametrize(("asked", "starting", "printing"), [(0, 0, 10), (-5, -5, 5), (10, 15, 15)])
def test_a_process_hurries_to_its_first_document_only_for_a_page(
    monkeypatch: pytest.MonkeyPatch, asked: int, starting: int, printing: int
) -> None:
    niceness, seen = [asked], list[int]()

    def nice(more: int) -> int:
        niceness[0] += more
        return niceness[0]

    monkeypatch.setattr(os, "nice", nice)
    monkeypatch.setattr(pdf, "get_ready", lambda: seen.append(niceness[0]))
    monkeypatch.setattr(gc, "freeze", lambda: None)
    get_ready()
    assert (seen, niceness) == ([starting], [printing])


def test_a_process_that_lets_pages_go_first_may_take_longer_to_be_ready(
    monkeypatch: pytest.MonkeyPatch, printers: Printers
) -> None:
    monkeypatch.setattr(module, "START", 0.01)
    monkeypatch.setattr(module, "is_awaited", lambda: True)
    with pytest.raises(Unfinished):
        printed(printers, "at once")
    monkeypatch.setattr(module, "is_awaited", lambda: False)
    assert printed(printers, "in time").split()[1:] == ["in", "time"]


def test_a_page_says_what_to_do_and_the_next_page_is_there(
    client: StrictClient, session: Session, fund: Fund, printers: Printers
) -> None:
    call = a_call(session, fund)
    printers.limits[False] = 1
    use_printers(printers)
    try:
        answer = client.get(f"/documents/blank-form/{call.reference}.pdf")
    finally:
        use_printers(None)
    assert answer.status_code == 503
    assert '<h1 class="govuk-heading-l">The document was not produced</h1>' in answer.text
    assert "was not produced within 1 seconds. Try again later." in answer.text
    assert client.get(f"/calls/{call.reference}").status_code == 200
