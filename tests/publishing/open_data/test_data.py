"""Files, feeds and the sitemap; and that no withheld name is in any public answer."""

import re
from urllib.parse import urlsplit

import pytest
from lxml import etree

from grants.core.funds.models import Fund
from grants.deciding.announcements.public_references import public_reference
from tests.grants import Scene
from tests.platform.web.client import StrictClient
from tests.publishing.pages.test_grants import paid_and_returned

PLACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def addresses_of(client: StrictClient) -> list[str]:
    """Every address of the sitemap, without the host."""
    tree = etree.fromstring(client.get("/sitemap.xml").data)
    found = tree.xpath("//s:loc/text()", namespaces=PLACE)
    assert isinstance(found, list)
    return [urlsplit(str(address)).path for address in found]


def files_of(code: str) -> list[str]:
    names = ("funds", "calls", "grants", "payments", "contributions", "results")
    endings = ("csv", "xlsx", "json")
    tables = [f"{name}.{ending}" for name in names for ending in endings]
    standards = ("iati-activities.xml", "iati-organisation.xml", "360giving.json")
    return [
        *(f"/funds/{code}/data/{name}" for name in (*tables, "dictionary.csv")),
        *(f"/funds/{code}/standards/{name}" for name in standards),
    ]


def test_a_withheld_name_is_in_no_public_answer(scene: Scene, client: StrictClient) -> None:
    """Page, file, feed, sitemap, standard, interface; body, address, file name or other header."""
    running = paid_and_returned(scene)
    award, code = running.award, scene.fund.code
    award.reference = "SEGURA-G-2026"
    award.title = "Casa Segura helps"
    running.session.commit()
    asked = ["/", "/robots.txt", "/sitemap.xml", "/api", f"/funds/{code}/feed.atom"]
    asked += addresses_of(client) + files_of(code)
    names = ("funds", "calls", "grants", "payments", "contributions", "results")
    asked += ["/api/v1/openapi.json", *(f"/api/v1/{name}?fund={code}" for name in names)]
    assert f"/funds/{code}/grants/{public_reference(award)}" in asked
    for address in asked:
        answer = client.get(address, follow_redirects=True)
        assert answer.status_code == 200, address
        whole = f"{address}\n{answer.headers}".encode() + answer.data
        assert not re.search(rb"segura", whole, re.IGNORECASE), address


@pytest.mark.parametrize("path", files_of("UNVTF"))
def test_a_file_says_whether_it_is_new(fund: Fund, client: StrictClient, path: str) -> None:
    assert fund.code == "UNVTF"
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Last-Modified"]
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_table_that_is_not_there(fund: Fund, client: StrictClient) -> None:
    for path in ("data/people.csv", "standards/other.xml"):
        assert client.get(f"/funds/{fund.code}/{path}").status_code == 404


def test_machines_find_the_sitemap_and_the_feed(fund: Fund, client: StrictClient) -> None:
    assert "Sitemap: http://localhost/sitemap.xml" in client.get("/robots.txt").text
    feed = client.get(f"/funds/{fund.code}/feed.atom")
    assert feed.mimetype == "application/atom+xml"
    assert etree.fromstring(feed.data).tag == "{http://www.w3.org/2005/Atom}feed"
    page = client.get(f"/funds/{fund.code}/data").text
    assert "https://creativecommons.org/licenses/by/4.0/" in page
