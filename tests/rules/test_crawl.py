"""Whoever follows the links that they are offered arrives, and everything can be translated."""

import pytest
from lxml import html

from tests.rules.crawling import Found
from tests.rules.demonstration import Demonstration
from tests.rules.speech import Data, unmarked, unmarked_texts

pytestmark = pytest.mark.timeout(1800)


def test_every_link_that_a_page_offers_leads_somewhere(crawled: Found) -> None:
    assert crawled.pages > 200
    assert crawled.broken == []


def test_every_word_of_a_page_goes_through_gettext(crawled: Found) -> None:
    assert list(crawled.unmarked.items()) == []


def test_the_walk_sees_words_that_no_message_holds() -> None:
    data = Data(frozenset({"Casa Segura"}), ())
    page = html.fromstring(
        "<main><p>⟦Hello <b>you</b> there⟧ Casa Segura, 3 May 2026, EUR 12</p><p>Left out</p>"
        "<input type=submit value='Send it'><textarea>typed</textarea><i title='Told'>⟦x⟧</i>"
        "</main>"
    )
    assert set(unmarked_texts(page, data)) == {"Left out", "Send it", "Told"}


def test_every_word_of_an_email_goes_through_gettext(demonstration: Demonstration) -> None:
    data = Data.of(demonstration.database)
    left = {
        f"{letter.template}: {text}"
        for letter in demonstration.letters
        for part in letter.parts[:2]
        for text in unmarked(part, data)
    }
    assert left == set()
