"""How many saves and submissions a second an installation takes, as it is served.

Eight people at a time, each asking again as soon as the answer is there: first everybody saves the
section they write, as the browser does while they type; then everybody submits. What a server does
once after its start (connections, plans) falls to the first who submit, who are told apart. The
requests are made on the same machine, over connections that stay open as those of a browser do,
with as little work as can be.

    python -m bench.throughput [PEOPLE] [SECONDS]
"""

import socket
import sys
import time
from collections.abc import Callable, Sequence
from threading import Thread
from urllib.parse import urlencode

from bench._stand import show
from bench.deadline import (
    FORM,
    PATIENCE,
    Browser,
    deadline_day,
    hidden,
    lost_and_doubled,
    percentile,
    typed_problem,
)

PEOPLE, SECONDS = (
    int(sys.argv[place]) if len(sys.argv) > place else usual
    for place, usual in enumerate((1000, 10), 1)
)
AT_ONCE = 8
FIRST = PEOPLE // 5
"""So many submissions come first after the start."""


class Line:
    """One open connection to the server, opened again when the server has closed it."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.open()

    def open(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.browser.port), timeout=PATIENCE)
        self.answers = self.socket.makefile("rb")

    def send(self, kind: str, path: str, typed: dict[str, str], browser: Browser) -> int:
        """Post a form as this person; the status, 0 where no answer came."""
        body, began = urlencode(typed).encode(), time.monotonic()
        heads = {**browser.headers, **FORM, "Host": "localhost", "Content-Length": str(len(body))}
        lines = [f"POST {path} HTTP/1.1", *(f"{name}: {said}" for name, said in heads.items())]
        try:
            self.socket.sendall("\r\n".join([*lines, "", ""]).encode() + body)
            status = self._read()
        except OSError as lost:
            self.open()
            browser.results.note(kind, began, type(lost).__name__)
            return 0
        browser.results.note(kind, began, status)
        return status

    def _read(self) -> int:
        status, length, closes = self.answers.readline(), 0, False
        while (line := self.answers.readline().strip().lower()) != b"":
            name, _colon, said = line.partition(b": ")
            length = int(said) if name == b"content-length" else length
            closes = closes or line == b"connection: close"
        self.answers.read(length)
        if closes:
            self.open()
        if not status:
            raise ConnectionResetError
        return int(status.split()[1])


def save_often(browser: Browser, reference: str, until: float) -> str:
    """One after the other until then; returns the last text that was acknowledged."""
    at = f"/applying/{reference}/sections/problem"
    marks = hidden(browser.until("open a section", at))
    line, kept, turn = Line(browser), "", 0
    while time.monotonic() < until:
        turn += 1
        story = f"In month {turn} we go on helping victims where they are."
        typed = {**marks, **typed_problem(story), "turn": str(turn)}
        status = line.send("save", f"{at}/autosave", typed, browser)
        kept = story if status == 200 else kept
    return kept


def submit_each(kind: str, people: Sequence[tuple[Browser, str, str]]) -> None:
    line = Line(people[0][0])
    for browser, reference, token in people:
        typed = {"csrf_token": token, "true": "yes"}
        line.send(kind, f"/applying/{reference}/submit", typed, browser)


def token_of(browser: Browser, reference: str) -> str:
    """That of the page on which the button is."""
    page = browser.until("check the answers", f"/applying/{reference}/check")
    return hidden(page).get("csrf_token", "")


def together(act: Callable[[int], None]) -> float:
    """Let AT_ONCE threads do it; how many seconds it took."""
    began = time.monotonic()
    threads = [Thread(target=act, args=(place,)) for place in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - began


def main() -> None:
    with deadline_day(PEOPLE) as (database, browsers, planted):
        results, texts = browsers[0].results, {}
        references = [reference for _draft, reference in planted]

        def save(place: int) -> None:
            until = time.monotonic() + SECONDS
            texts[planted[place][0]] = save_often(browsers[place], references[place], until)

        def submit(kind: str, whose: slice) -> float:
            people = list(zip(browsers, references, tokens, strict=True))[whose]
            return together(lambda place: submit_each(kind, people[place::AT_ONCE]))

        saving = together(save)
        tokens = list(map(token_of, browsers, references))
        seconds = {"save": saving}
        for kind, whose in (("first submit", slice(FIRST)), ("then submit", slice(FIRST, None))):
            seconds[kind] = submit(kind, whose)
        done = {draft: True for draft, _reference in planted}
        lost, missing, doubled = lost_and_doubled(database, texts, done)
    rows = []
    for kind, took in seconds.items():
        taken = sorted(results.taken[kind])
        shares = (percentile(taken, share) for share in (0.5, 0.95, 0.99))
        rows.append([kind, str(len(taken)), f"{len(taken) / took:.0f}", *shares])
    show(f"{AT_ONCE} at a time", ["", "answered", "a second", "p50 ms", "p95 ms", "p99 ms"], rows)
    print(
        f"  refused: {dict(results.refused) or 'none'}; lost: {lost + missing}; doubles: {doubled}"
    )
    if lost or missing or doubled:
        sys.exit(1)


if __name__ == "__main__":
    main()
