"""The sitemap has every public page and no dead one; a first visit to each stays light."""

import gzip
import re
from urllib.parse import urlsplit

import pytest
from lxml import html

from grants.core.kernel.language import LANGUAGES, OFFERED
from tests.grants import Scene
from tests.platform.web.client import StrictClient
from tests.publishing.open_data.test_data import addresses_of
from tests.publishing.pages.test_grants import paid_and_returned

FIRST_VISIT = 90_000
"""Bytes that the network carries: the page, its style sheet, scripts, letters, icons, pictures."""
IN_ANY_LANGUAGE = 120_000
"""The same in a language whose script has letters of its own."""
FOR_READING = re.compile(r"/(funds|calls)/.+|/calls|/api")
ELSEWHERE = re.compile(r".*\.(csv|xlsx|json|xml|pdf|atom|png)|/calls/[^/]+/.+|/funds/[^/]+/results")
"""Files, pages of one call, and the address that leads to the newest results."""
LETTERS = re.compile(r"noto-sans-latin\.\w+\.woff2")


def _links_of(client: StrictClient, address: str) -> set[str]:
    """The public pages that a page leads to, without what is asked of them."""
    page = html.fromstring(client.get(address).text)
    links = {urlsplit(str(link)) for link in page.xpath("//a/@href")}
    return {link.path for link in links if not link.netloc and FOR_READING.fullmatch(link.path)}


def _weight_of(client: StrictClient, address: str) -> int:
    text = client.get(address).text
    page = html.fromstring(text)
    parts = page.xpath(
        "//link[@rel='stylesheet' or @rel='preload' or @rel='icon']/@href | //script/@src"
        " | //img/@src | //*[local-name()='use']/@href | //*[local-name()='image']/@href"
    )
    files = {str(part).partition("#")[0] for part in parts if str(part).startswith("/")}
    sheets = [file for file in files if file.endswith(".css")]
    for sheet in sheets:
        with client.get(sheet) as answer:
            letters = LETTERS.search(answer.data.decode())
        assert letters
        files.add(f"/static/{letters[0]}")
    sizes = [_carried(client, file) for file in files]
    return len(gzip.compress(text.encode(), 6)) + sum(sizes)


def _carried(client: StrictClient, file: str) -> int:
    with client.get(file, headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.status_code == 200, file
        encoded = answer.headers.get("Content-Encoding") == "gzip"
        plain = encoded or file.endswith((".woff2", ".png", ".jpg"))
        return len(answer.data if plain else gzip.compress(answer.data, 6))


def test_the_sitemap_has_every_public_page_and_each_is_light(
    scene: Scene, client: StrictClient
) -> None:
    paid_and_returned(scene)
    listed = addresses_of(client)
    assert len(listed) == len(set(listed))
    reached: set[str] = set()
    for address in listed:
        assert client.get(address).status_code == 200, address
        reached |= _links_of(client, address)
        weight = _weight_of(client, address)
        assert weight <= FIRST_VISIT, f"{address}: {weight}"
    missing = {path for path in reached - set(listed) if not ELSEWHERE.fullmatch(path)}
    assert missing == set()


@pytest.mark.parametrize("language", OFFERED)
def test_a_first_visit_is_light_in_each_language(
    language: str, scene: Scene, client: StrictClient
) -> None:
    paid_and_returned(scene)
    client.get(f"/?language={language}")
    weights = {address: _weight_of(client, address) for address in addresses_of(client)}
    heavy = {address: size for address, size in weights.items() if size > IN_ANY_LANGUAGE}
    assert heavy == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_asks_at_once_for_the_letters_of_its_language(
    language: str, scene: Scene, client: StrictClient
) -> None:
    page = html.fromstring(client.get(f"/?language={language}").text)
    fonts = page.xpath("//link[@rel='preload'][@as='font'][@crossorigin]/@href")
    names = [re.sub(r"\.\w+\.woff2$", "", str(font)) for font in fonts]
    scripts = {"ar": ["/static/vazirmatn-arabic"], "ru": ["/static/noto-sans-cyrillic"]}
    assert names == ["/static/noto-sans-latin", *scripts.get(language, [])]
    assert all(_carried(client, str(font)) for font in fonts)
