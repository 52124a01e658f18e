"""The search box finds records of every kind, and each that it shows opens."""

from flask.testing import FlaskClient
from lxml import html

from grants.desk.search.kinds import KINDS
from tests.rules.access import lookers
from tests.rules.demonstration import Demonstration, browser_of

TEXTS = ("UNVTF", "a", "s", "interest", "BT")
"""Beginnings of numbers and names, of which some kinds have more than are shown."""


def test_a_record_of_each_kind_is_found_and_opens(demonstration: Demonstration) -> None:
    app, missing = demonstration.app(FlaskClient), {str(kind.text) for kind in KINDS}
    for who in lookers():
        browser = browser_of(app, demonstration, who.email)
        for text in TEXTS if missing else ():
            answer = browser.get("/search", query_string={"q": text})
            for group in html.fromstring(answer.text).xpath("//section[@class='found']"):
                title = group.xpath("string(h2)")
                if title in missing:
                    links = group.xpath(".//li/a/@href")
                    opened = [browser.get(link).status_code for link in links]
                    assert set(opened) == {200}, (title, links)
                    missing.remove(title)
    assert not missing
