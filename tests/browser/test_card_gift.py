"""A gift by card on a phone, from the page of the fund to the receipt, against a server that speaks
Stripe’s API and sends its webhooks. docs/givers.md keeps a run of it.
"""

import logging
import time
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser

from bench.givers import FUND, Walk
from grants.giving.cards.providers import use_providers
from tests.browser.conftest import Site
from tests.giving.cards.conftest import screening
from tests.giving.cards.test_stripe import SECRET, a_stripe, api

__all__ = ["api"]

LOG = logging.getLogger(__name__)

GIVER = "lena@ojo.example"
BUTTONS = {
    "once": "Pay USD 100.00 by card",
    "monthly": "Give USD 100.00 every month by card",
}
MOST = {"once": (5, 3, 5), "monthly": (5, 4, 6)}
"""Pages, fields and clicks until the receipt: they only fall."""
SECONDS = 60


@pytest.fixture
def paying(site: Site, api: str) -> Iterator[Site]:
    """The fund takes cards, and its provider reaches the application."""
    use_providers({"UNVTF": a_stripe(api)})
    with site.database.transaction() as session:
        screening(session)
    hook = {"url": f"{site.url}/cards/UNVTF/webhook", "secret": SECRET}
    requests.post(f"{api}/_config/webhooks/phone", json=hook, timeout=10).raise_for_status()
    yield site
    use_providers({})


@pytest.mark.parametrize("rhythm", MOST)
def test_a_gift_by_card_costs_no_more_than_it_did(
    paying: Site, chrome: Browser, rhythm: str
) -> None:
    context = chrome.new_context(base_url=paying.url, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(f"{FUND}?language=en")
    walk = Walk(page)
    walk.press("Give")
    if rhythm == "monthly":
        walk.answer(rhythm=rhythm)
    walk.answer(name="Lena Ojo", email=GIVER, country="PT")
    walk.press("Give")
    walk.press(BUTTONS[rhythm])
    page.wait_for_url("**/pay/**")
    walk.press("Pay")
    page.wait_for_url(f"{paying.url}/**")
    walk.sees("is being confirmed")
    receipt = _receipt_by_email(paying)
    seconds = time.monotonic() - walk.begun
    walk.press("Check again")
    walk.sees("Thank you for")
    costs = (walk.pages, walk.fields, walk.clicks)
    LOG.info("%s: %s, %.1f s until %s", rhythm, costs, seconds, receipt)
    assert all(cost <= most for cost, most in zip(costs, MOST[rhythm], strict=True)), costs
    assert seconds < SECONDS
    context.close()


def _receipt_by_email(site: Site) -> str:
    """Wait until the e-mail with the receipt is there; the name of its file."""
    for _time in range(100):
        for letter in site.letters(GIVER):
            for paper in letter.iter_attachments():
                if "receipt" in (name := paper.get_filename() or ""):
                    return name
        time.sleep(0.1)
    pytest.fail("no receipt came")
