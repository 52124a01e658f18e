"""A page is there before its charts, and does not move when they come, with and without scripts."""

from collections.abc import Callable
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Page, Response, expect

from grants.core.funds.service import UNVTF, establish
from grants.core.kernel import apart
from tests.browser.conftest import Site


@pytest.mark.parametrize(
    ("width", "scripts", "language"), [(1280, True, "en"), (320, False, "ar"), (320, True, "en")]
)
def test_a_chart_comes_into_the_place_that_its_page_has_kept_for_it(
    site: Site,
    person_at: Callable[..., Page],
    monkeypatch: pytest.MonkeyPatch,
    width: int,
    language: str,
    *,
    scripts: bool,
) -> None:
    begins = Event()

    def late(task: apart.Task) -> Any:
        begins.wait(60)
        return task.function(*task.arguments)

    monkeypatch.setattr(apart, "_helpers", SimpleNamespace(result_of=late))
    monkeypatch.setitem(site.app.config, "KEEP_PAGES", False)
    with site.database.transaction() as session:
        establish(session, UNVTF)
    page = person_at(width=width, javascript=scripts)
    page.goto(f"/funds/UNVTF/need?language={language}", wait_until="domcontentloaded")
    figure = page.locator(".chart")
    figure.scroll_into_view_if_needed()
    before = figure.bounding_box()
    with page.expect_response(_a_picture, timeout=60_000) as picture:
        begins.set()
    picture.value.finished()
    assert figure.bounding_box() == before
    page.reload()
    expect(page.locator(".chart__picture svg:visible")).to_have_count(1)
    expect(page.locator(".chart__picture img")).to_have_count(0)


def _a_picture(answer: Response) -> bool:
    """Not one that sends the browser to ask again."""
    return "/charts/" in answer.url and answer.ok
