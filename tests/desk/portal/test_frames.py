"""Figures on the sites of others: any site may show them, and nothing is set in its browser."""

import pytest

from grants.core.funds.models import Fund
from grants.desk.portal.frame_views import FRAMES
from tests.platform.web.client import StrictClient


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_any_site_may_show_a_frame(
    fund: Fund, client: StrictClient, name: str, language: str
) -> None:
    answer = client.get(f"/funds/{fund.code}/frames/{name}/{language}")
    assert answer.status_code == 200
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in answer.headers
    assert "<script" not in answer.text
    assert f'lang="{language}"' in answer.text


def test_the_page_of_frames_says_what_to_copy(fund: Fund, client: StrictClient) -> None:
    answer = client.get(f"/funds/{fund.code}/frames")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    for name in FRAMES:
        assert f"/funds/{fund.code}/frames/{name}/en" in answer.text


@pytest.mark.parametrize("address", ["budget/en", "map/xx"])
def test_a_frame_that_is_none_is_missing(fund: Fund, client: StrictClient, address: str) -> None:
    assert client.get(f"/funds/{fund.code}/frames/{address}").status_code == 404
