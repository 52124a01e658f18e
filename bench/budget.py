"""What a section with a large budget costs: 60 lines, three years and three who pay, 845 boxes.

Milliseconds of this process's processor; bytes as they are drawn, and as they are sent to a browser
that comes from a page of ours. Ends with an error above what bench/pages.py allows a page.

    python -m bench.budget [TIMES]
"""

import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bench._stand import cookie_for, installation, row, show
from bench.pages import HEAVY, SLOW
from grants.core.funds.queries import fund_by_code
from grants.core.people.queries import people_of_organisation
from tests.applying.writing.test_large_budgets import large_form, typed_lines
from tests.factories import a_call, a_draft

TIMES = int(sys.argv[1]) if len(sys.argv) > 1 else 25
WARM = 5
FROM_OURS = {"Accept-Encoding": "gzip", "Sec-Fetch-Site": "same-origin"}


@contextmanager
def section() -> Iterator[tuple[FlaskClient, str]]:
    """A browser of somebody who writes, and the address of the section."""
    with installation() as (app, database):
        with database.transaction() as session:
            call = a_call(session, fund_by_code(session, "UNVTF"), form=large_form())
            draft = a_draft(session, call)
            writer = people_of_organisation(session, draft.organisation_id)[0]
            path = f"/applying/{draft.reference}/sections/one"
        signed_in = cookie_for(app, database, writer)["Cookie"].partition("=")
        browser = app.test_client()
        browser.set_cookie(signed_in[0], signed_in[2])
        yield browser, path


def processor(act: Callable[[], object]) -> list[float]:
    """Milliseconds of each call, sorted."""
    taken = []
    for number in range(WARM + TIMES):
        begun = time.process_time()
        act()
        if number >= WARM:
            taken.append((time.process_time() - begun) * 1000)
    return sorted(taken)


def hidden_of(page: str) -> dict[str, str]:
    """The hidden fields of the section: token, version and the like."""
    tags = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
    pairs = (
        (re.search(r' name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags
    )
    return {name[1]: unescape(value[1]) for name, value in pairs if name and value}


class Writer:
    """Saves the section again and again, as the browser does while somebody types."""

    def __init__(self, browser: FlaskClient, path: str) -> None:
        self.browser, self.path, self.turn = browser, path, 0
        self.hidden = hidden_of(browser.get(path).get_data(as_text=True))

    def save(self) -> TestResponse:
        self.turn += 1
        typed = {"turn": str(self.turn), "q_title": f"Version {self.turn}", **typed_lines()}
        answer = self.browser.post(f"{self.path}/autosave", data={**self.hidden, **typed})
        if answer.status_code != 200 or answer.json is None:
            sys.exit(f"saving answers {answer.status_code}: {answer.get_data(as_text=True)[:300]}")
        self.hidden["version"] = str(answer.json.get("version", self.hidden["version"]))
        return answer


def main() -> None:
    with section() as (browser, path):
        blank = processor(lambda: browser.get(path))
        writer = Writer(browser, path)
        saved = processor(writer.save)
        filled = processor(lambda: browser.get(path))
        drawn = len(browser.get(path).data)
        sent = len(browser.get(path, headers=FROM_OURS).data)
    opened = [row("opened, nothing typed", blank), row("opened, all 540 amounts", filled)]
    show("A large budget", ["", "p50 ms", "p99 ms", "a second"], [*opened, row("autosave", saved)])
    print(f"  {drawn:,} bytes drawn, {sent:,} sent")
    slow = max(taken[len(taken) // 2] for taken in (blank, filled, saved)) > SLOW
    print("  FAIL" if slow or sent > HEAVY else "  PASS", f"(at most {SLOW} ms, {HEAVY:,} bytes)")
    sys.exit(slow or sent > HEAVY)


if __name__ == "__main__":
    main()
