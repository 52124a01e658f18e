"""How many saves and submissions a second an installation takes, as it is served.

Eight people at a time, each asking again as soon as the answer is there: first everybody saves the
section they write, as the browser does while they type; then everybody submits. The requests are
made by a process on the same machine, which takes its part of it.

    python -m bench.throughput [PEOPLE] [SECONDS]
"""

import sys
import time
from collections.abc import Callable, Sequence
from threading import Thread
from urllib.parse import urlencode

from bench._stand import show
from bench.deadline import FORM, Browser, deadline_day, hidden, lost_and_doubled, percentile

PEOPLE, SECONDS = (
    int(sys.argv[place]) if len(sys.argv) > place else usual
    for place, usual in enumerate((400, 20), 1)
)
AT_ONCE = 8


def save_often(browser: Browser, reference: str, until: float) -> str:
    """One after the other until then; returns the last text that was acknowledged."""
    at = f"/applying/{reference}/sections/project"
    marks = hidden(browser.until("open a section", at))
    kept, turn = "", 0
    while time.monotonic() < until:
        turn += 1
        story = f"In month {turn} we go on helping victims where they are."
        typed = {**marks, "q_title": "Shelter", "q_sum": "12000", "q_story": story}
        typed["turn"] = str(turn)
        status, _answer = browser.ask("save", f"{at}/autosave", urlencode(typed).encode(), FORM)
        kept = story if status == 200 else kept
    return kept


def submit_each(people: Sequence[tuple[Browser, str]]) -> None:
    for browser, reference in people:
        browser.ask("submit", f"/applying/{reference}/submit", browser.ready, FORM)


def make_ready(browser: Browser, reference: str) -> None:
    """Read the page on which the button is."""
    page = browser.until("check the answers", f"/applying/{reference}/check")
    typed = {"csrf_token": hidden(page).get("csrf_token", ""), "true": "yes"}
    browser.ready = urlencode(typed).encode()


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

        def submit(place: int) -> None:
            mine = slice(place, None, AT_ONCE)
            submit_each(list(zip(browsers[mine], references[mine], strict=True)))

        saving = together(save)
        for browser, reference in zip(browsers, references, strict=True):
            make_ready(browser, reference)
        submitting = together(submit)
        done = {draft: True for draft, _reference in planted}
        lost, missing, doubled = lost_and_doubled(database, texts, done)
    rows = []
    for kind, seconds in (("save", saving), ("submit", submitting)):
        taken = sorted(results.taken[kind])
        shares = (percentile(taken, share) for share in (0.5, 0.95, 0.99))
        rows.append([kind, str(len(taken)), f"{len(taken) / seconds:.0f}", *shares])
    show(f"{AT_ONCE} at a time", ["", "answered", "a second", "p50 ms", "p95 ms", "p99 ms"], rows)
    print(
        f"  refused: {dict(results.refused) or 'none'}; lost: {lost + missing}; doubles: {doubled}"
    )
    if lost or missing or doubled:
        sys.exit(1)


if __name__ == "__main__":
    main()
