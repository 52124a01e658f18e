"""A PDF that is not there at once reaches its reader by itself, with and without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from grants.core.funds.service import UNVTF, establish
from grants.papers.statements import soon
from tests.browser.conftest import Site
from tests.factories import a_call


@pytest.mark.parametrize("scripts", [True, False])
def test_the_download_starts_after_a_page_that_says_so(
    site: Site,
    person_at: Callable[..., Page],
    monkeypatch: pytest.MonkeyPatch,
    *,
    scripts: bool,
) -> None:
    monkeypatch.setattr(soon, "PATIENCE", 0.0)
    with site.database.transaction() as session:
        reference = a_call(session, establish(session, UNVTF)).reference
    page = person_at(javascript=scripts)
    page.goto(f"/calls/{reference}")
    with page.expect_download(timeout=60_000) as download:
        page.locator("a[href*='/documents/blank-form/'][href*='.pdf']").first.click()
    assert download.value.suggested_filename.endswith(".pdf")
    expect(page.get_by_role("heading", name="Your document is ready")).to_be_visible()
    page.get_by_role("link", name="Back").click()
    expect(page).to_have_url(f"{site.url}/calls/{reference}")
