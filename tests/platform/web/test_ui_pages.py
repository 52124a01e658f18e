"""Every component, rendered: translated throughout, well-formed, each error within reach."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import html5lib
import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from lxml import etree
from markupsafe import Markup

from grants.core.kernel.language import (
    CLOSE_MARK,
    LANGUAGES,
    OPEN_MARK,
    current_language,
    use_language,
)
from grants.core.kernel.money import Money
from grants.core.texts import formats
from grants.platform.forms.govuk import _plural_examples, character_texts, govuk
from grants.platform.layout.gallery import GalleryForm
from tests.platform.web.client import check_page

LETTERS = re.compile(r"[^\W\d_]{2,}")
UNTRANSLATED = {
    "UNVTF",
    "Paragraph", "Amina", "Okonkwo", "Maison", "Espoir", "AGR", "SGP", "PDF", "JPG", "MB", "kB",
    "English", "العربية", "Legal", "aid", "Counsellor", "AO", "MD", "CS", "BT", "NV",
}  # fmt: skip
"""Names, references, units, languages in their own tongue, and what a person typed."""
SPOKEN = ("alt", "aria-label", "placeholder", "title", "data-copied")


@pytest.fixture
def browser(bare_app: Flask) -> FlaskClient:
    return bare_app.test_client()


def parsed(html: str) -> Any:
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("lxml"), namespaceHTMLElements=False)
    return parser.parse(html).getroot()


def words_of(page: Any) -> list[str]:
    """Every text a reader may see or hear, with what scripts will say later."""
    found = []
    for element in page.iter():
        if not isinstance(element.tag, str) or element.tag in ("script", "style"):
            continue
        if element.get("lang") or element.tag in ("textarea", "time"):
            continue
        found += [element.text or "", *(child.tail or "" for child in element)]
        found += [
            text
            for name, text in element.attrib.items()
            if name in SPOKEN or name.startswith(("data-i18n", "data-sav", "data-off"))
        ]
    return found


def unmarked(text: str) -> str:
    """What is left of a text without its marked parts, one within another."""
    depth, rest = 0, []
    for mark in text:
        depth += mark == OPEN_MARK
        rest.append(mark if depth == 0 else " ")
        depth -= mark == CLOSE_MARK
    return "".join(rest)


def refused(browser: FlaskClient, language: str) -> str:
    """The gallery's form, sent off with nothing in it that could be used."""
    shown = browser.get(f"/gallery?language={language}").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', shown)
    assert token
    answers = {
        "csrf_token": token[1],
        "budget-0-quantity": "x",
        "people-female-12-17": "-1",
        "starts_on-day": "31",
        "starts_on-month": "2",
        "starts_on-year": "2026",
        "pledge-amount": "lots",
        "pledge-currency": "USD",
    }
    answer = browser.post(f"/gallery?language={language}", data=answers)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_component_is_well_formed_in_every_language(
    browser: FlaskClient, language: str
) -> None:
    check_page(browser.get(f"/gallery?language={language}").get_data(as_text=True))
    check_page(refused(browser, language))


@pytest.mark.parametrize("language", ["en-XA", "ar-XB"])
def test_no_component_says_anything_untranslated(browser: FlaskClient, language: str) -> None:
    for html in (
        browser.get(f"/gallery?language={language}").get_data(as_text=True),
        refused(browser, language),
    ):
        rest = [unmarked(text) for text in words_of(parsed(html))]
        left = {word for text in rest for word in LETTERS.findall(text)}
        currencies = {word for word in left if re.fullmatch("[A-Z]{3}", word)}
        zone = {"time", "Vienna"}
        assert left - UNTRANSLATED - currencies - zone - _names_of_babel(language) == set()


def _names_of_babel(language: str) -> set[str]:
    """Countries and months are in no message of ours."""
    locale = LANGUAGES[language].locale
    months = locale.months["format"]
    names = [
        *locale.territories.values(),
        *months["wide"].values(),
        *months["abbreviated"].values(),
    ]
    return {word for name in names for word in LETTERS.findall(name)}


def test_the_page_says_its_language_and_direction(browser: FlaskClient) -> None:
    for code, language in LANGUAGES.items():
        page = parsed(browser.get(f"/gallery?language={code}").get_data(as_text=True))
        assert (page.get("lang"), page.get("dir")) == (code, language.direction)
        sheets = [link.get("href") for link in page.iterfind(".//link[@rel='stylesheet']")]
        assert [".rtl." in sheet for sheet in sheets] == [language.direction == "rtl"]


def test_nothing_stands_inline(browser: FlaskClient) -> None:
    page = parsed(browser.get("/gallery").get_data(as_text=True))
    for element in page.iter(etree.Element):
        assert "style" not in element.attrib
        assert not [name for name in element.attrib if name.startswith("on")]
    assert all(script.get("src") for script in page.iterfind(".//script"))
    assert page.find(".//style") is None


def test_each_line_of_the_error_summary_leads_to_its_input(browser: FlaskClient) -> None:
    page = parsed(refused(browser, "en"))
    links = page.xpath("//*[contains(@class,'govuk-error-summary__list')]//a")
    targets = [link.get("href").removeprefix("#") for link in links]
    inputs = {
        element.get("id") for tag in ("input", "select", "textarea")
        for element in page.iterfind(f".//{tag}")
    }  # fmt: skip
    assert set(targets) <= inputs
    assert {"pledge-amount", "starts_on-day", "budget-0-quantity", "people-female-12-17"} <= set(
        targets
    )
    assert len(targets) == len(set(targets))
    assert (page.findtext(".//title") or "").startswith("Error: ")


def test_each_wrong_input_is_described_by_its_error(browser: FlaskClient) -> None:
    page = parsed(refused(browser, "en"))
    wrong = page.xpath("//*[@aria-invalid='true']")
    assert len(wrong) > 4
    for element in wrong:
        described = (element.get("aria-describedby") or "").split()
        texts = ["".join(page.xpath(f"//*[@id='{name}']")[0].itertext()) for name in described]
        assert any("Error:" in text for text in texts), etree.tostring(element)


def test_text_is_escaped_wherever_it_goes(bare_app: Flask) -> None:
    evil = "<script>alert(1)</script>"
    source = """{% from "layout/macros.html" import table, tiles, facts, tag, timeline, todo %}
    {{ table(e, [e], [[e]], foot=[e]) }}{{ tiles([{'label': e, 'value': e, 'note': e}]) }}
    {{ facts([(e, e, e)]) }}{{ tag(e) }}{{ timeline([{'title': e, 'text': e, 'by': e}]) }}
    {{ todo([{'text': e, 'href': e, 'note': e}]) }}{{ _('%(x)s', x=e) }}"""
    with bare_app.test_request_context("/"):
        html = render_template_string(source, e=evil)
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") > 12


def test_an_unknown_name_in_a_template_is_an_error(bare_app: Flask) -> None:
    with bare_app.test_request_context("/"), pytest.raises(Exception, match="nobody"):
        render_template_string("{{ nobody }}")


def test_line_ends_of_a_long_answer_survive(posted: None) -> None:
    typed = "\n one\r\n\r\n  two\n"
    form = GalleryForm(data={"problem": typed})
    area = parsed(str(form.problem())).find(".//textarea")
    assert (area.text or "") == typed.replace("\r\n", "\n")


def test_the_browser_gets_a_message_for_each_plural_of_the_language() -> None:
    assert dict(_plural_examples("en_GB")) == {"other": 0, "one": 1}
    assert set(dict(_plural_examples("ar"))) == {"zero", "one", "two", "few", "many", "other"}
    with use_language("en"):
        field = {"id": "a", "name": "a", "label": {"text": "A"}, "maxlength": 9}
        html = govuk("character-count", {**field, **character_texts(9)})
    assert 'data-i18n.characters-under-limit.one="You have %{count} character remaining"' in html


@pytest.mark.parametrize(
    ("value", "language", "text"),
    [
        (Money(123450, "USD"), "en", "USD 1,234.50"),
        (Money(-5, "JPY"), "en", "JPY −5"),
        (Money(1234500, "KWD"), "en", "KWD 1,234.500"),
        (1234567, "en", "1,234,567"),
        (Decimal("0.5"), "en", "0.5"),
        (date(2026, 3, 7), "en", "7 Mar 2026"),
        (datetime(2026, 2, 28, 22, 59, tzinfo=UTC), "en", "28 Feb 2026, 23:59 (Vienna time)"),
        (datetime(2026, 7, 1, 21, 59, tzinfo=UTC), "en", "1 Jul 2026, 23:59 (Vienna time)"),
        (True, "en", "Yes"),
        (None, "en", "–"),
        ("", "en", "–"),
        ("<b>", "en", "&lt;b&gt;"),
    ],
)
def test_a_value_is_shown_by_its_kind(value: Any, language: str, text: str) -> None:
    with use_language(language):
        assert current_language().code == language
        shown = formats.show(value)
    plain = re.sub("<[^>]+>", "", shown).replace("\u00a0", " ")
    assert isinstance(shown, Markup)
    assert plain == text


def test_an_amount_keeps_its_order_in_arabic() -> None:
    with use_language("ar"):
        assert formats.money(Money(123450, "USD")).startswith('<bdi dir="ltr"')


@pytest.mark.parametrize(
    ("octets", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (184_320, "184 kB"), (9_949_999, "9.9 MB")],
)
def test_a_file_size_is_short(octets: int, text: str) -> None:
    plain = re.sub("<[^>]+>", "", formats.size(octets)).replace("\u00a0", " ")
    assert plain == text


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Amina Okonkwo", "AO"), ("Madonna", "M"), ("Ana de la Cruz", "AC"), ("", "·"), ("42", "·")],
)
def test_initials_stand_for_a_person(name: str, letters: str) -> None:
    assert formats.initials(name) == letters
