"""Every kind of document: it prints, speaks only through gettext, and shows its figures."""

import io
import logging
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pypdf
import pytest
from lxml import html as markup

from grants.core.kernel.language import CLOSE_MARK, OFFERED, OPEN_MARK, use_language
from grants.papers.statements.issuing import file_name, print_source_of, printed
from grants.papers.typesetting.layout import as_html, grouped, home, way
from grants.papers.typesetting.paper import Paper
from tests.papers.conftest import CopyOf
from tests.papers.statements.made.giving import donor_statement, receipt
from tests.papers.statements.papers import MADE
from tests.papers.statements.scripts import WORDS, in_script
from tests.papers.statements.words import lost
from tests.papers.typesetting.test_pdf import text_of

Maker = Callable[[], Paper]
PAGE_WORDS = ("page-before", "page-between", "page-after")
DAY = re.compile(r"\d+ [A-Z][a-z]+ \d{4}")
CURRENCY = re.compile(r"\b(USD|EUR|kB)\b")


def unmarked(text: str) -> str:
    """What is left of a text without marked messages, data, days and currency codes."""
    for pair in (r"‹[^‹›]*›", f"{OPEN_MARK}[^{OPEN_MARK}{CLOSE_MARK}]*{CLOSE_MARK}"):
        while re.search(pair, text):
            text = re.sub(pair, "", text)
    return re.sub(r"[\W\d_]+", "", CURRENCY.sub("", DAY.sub("", text)))


@pytest.mark.parametrize("make", MADE.values(), ids=MADE)
def test_every_word_of_a_document_goes_through_gettext(make: Maker) -> None:
    with use_language("en-XA"):
        page = markup.fromstring(as_html(make()))
    (body,) = page.iter("body")
    told = body.attrib
    footer = [told[f"data-{part}"] for part in ("about", *PAGE_WORDS)]
    assert unmarked(" ".join(body.itertext())) == ""
    assert unmarked("".join(footer)) == ""
    assert unmarked(page.findtext(".//title") or "") == ""


def test_the_bars_of_a_report_are_as_long_as_their_figures() -> None:
    with use_language("en"):
        page = markup.fromstring(as_html(MADE["donor-report"]()))
    tables = page.xpath("//table[contains(@class, 'bars')]")
    assert len(tables) == 4
    for table in tables:
        drawn = []
        for row in table.xpath(".//tbody/tr"):
            inner = row.xpath(".//div[contains(@class, 'bar')]")[0]
            outer, part = inner.getparent().get("class"), inner.get("class").split()[2]
            figure = Decimal(row.xpath("string(td[last()])").replace(",", ""))
            drawn.append((figure, Decimal(outer[1:]) * Decimal(part[1:])))
        most, longest = max(drawn)
        for figure, length in drawn:
            off = abs(length / longest - figure / most)
            assert off < Decimal("0.01") * figure / most or off < Decimal("0.0002"), drawn


@pytest.mark.parametrize("language", OFFERED)
@pytest.mark.parametrize("document", MADE)
def test_a_document_names_fund_reference_and_pages(
    document: str, language: str, copy_of: CopyOf
) -> None:
    content = copy_of(document, language)
    reader = pypdf.PdfReader(io.BytesIO(content))
    for number, page in enumerate(reader.pages, 1):
        text = page.extract_text()
        assert "1-2026" in text
        assert str(number) in text
    if language == "en":
        assert f"Page 1 of {len(reader.pages)}" in reader.pages[0].extract_text()
        assert "Voluntary trust fund" in text_of(content).replace("\n", " ")


PAGES = {
    **dict.fromkeys(
        (
            "bank-reconciliation",  # with support costs that are still to be transferred
            "donor-report",
            "donor-statement",
            "financial-statements",
            "amendment",
            "briefing",  # people and countries have a page of their own
            "grant-report",
            "submission",
            "blank-form",
            "board-minutes",  # the list to sign has a page of its own
        ),
        2,
    ),
    **dict.fromkeys(("agreement", "annex", "contribution-agreement"), 3),
    "board-dossier": 3,  # the list, and each application on pages of its own
}
"""How many pages the usual one has; all others fit on one."""


@pytest.mark.parametrize("language", OFFERED)
@pytest.mark.parametrize("document", MADE)
def test_a_document_of_usual_length_has_few_pages_in_each_language(
    document: str, language: str, copy_of: CopyOf
) -> None:
    pages = len(pypdf.PdfReader(io.BytesIO(copy_of(document, language))).pages)
    assert pages <= PAGES.get(document, 1)


@pytest.mark.parametrize("language", OFFERED)
@pytest.mark.parametrize("document", MADE)
def test_every_word_of_a_document_is_found_in_each_language(
    document: str, language: str, copy_of: CopyOf
) -> None:
    with use_language(language):
        page = print_source_of(MADE[document]()).html
    assert lost(page, copy_of(document, language)) == []


ALWAYS = {("arabic", "ar"), ("chinese", "en")}
"""Scripts and languages in which each document is printed in every run."""
SCRIPTS = [
    pytest.param(script, language, marks=[] if (script, language) in ALWAYS else pytest.mark.long)
    for script in WORDS
    for language in ("en", "ar")
]


@pytest.mark.parametrize(("script", "language"), SCRIPTS)
@pytest.mark.parametrize("make", MADE.values(), ids=MADE)
def test_every_sign_has_its_shape_and_every_word_is_found_in_every_document(
    make: Maker, script: str, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    with use_language(language), caplog.at_level(logging.WARNING):
        matter = print_source_of(in_script(make(), script))
        content = matter.printed()
    assert not caplog.messages
    assert lost(matter.html, content) == []


@pytest.mark.parametrize(
    ("document", "figures"),
    [
        (
            "acknowledgement",
            ["EUR\u00a0150,000.00", "Softly earmarked", "1 September 2026", "BKAUATWW"],
        ),
        ("receipt", ["EUR\u00a050,000.00", "EUR\u00a015.00", "0.924", "USD\u00a054,112.55"]),
        ("fund-statement", ["1,234,567.89", "\u22125,000.00", "\u2212123.00", "1,713,321.43"]),
        ("bank-reconciliation", ["1,234,567.89", "will put it right", "Kwame Boateng"]),
        (
            "financial-statements",
            ["1,824,000.00", "920,000.00", "\u221220,000.00", "1 Jan 2025 to 31"],
        ),
        ("aged-receivables", ["270,000.00", "83,160.00", "17,500.00", "conditional", "18,000.00"]),
        ("donor-statement", ["324,675.32", "\u22120.02", "1,298,701.20"]),
        ("contributions", ["2024", "123,456.78", "Ministry 3", "1,481,493.36"]),
        ("public-contributions", ["Anonymous donors", "1,851,866.70"]),
        ("annex", ["188,654.32", "102,345.67", "33,333.33", "22,222.22", "1,200", "*"]),
        (
            "donor-report",
            ["162,337.66", "16.4%", "Services for children", "Night shelter"],
        ),
        (
            "award-letter",
            ["USD\u00a060,000.00", "You requested USD\u00a072,000.00", "Shelter and legal aid"],
        ),
        ("agreement", ["10. Settlement of disputes", "20,000.00", "Final report", "45,123.00"]),
        (
            "grant-report",
            ["Two houses.", "72 entries", "58 people", "Begging", "34", "9,876.54", "3,580.23"],
        ),
        ("monitoring-report", ["Thirty-eight of forty.", "123.45", "Two receipts are missing."]),
        ("grant-statement", ["40,000.00", "18,765.43", "50.00", "21,184.57"]),
        ("reserve-letter", ["3 of 17", "18,500.00", "74.25", "write again in March"]),
        (
            "regret-letter",
            [
                "Registered in 2025.",
                "One condition is not met.",
                "54.25",
                "opens in May",
                "who does",
            ],
        ),
        ("submission", ["First.", "Second.", "Legal aid", "10,000.00", "0a1b", "23:59", "9f86d0"]),
        ("blank-form", ["At most 90.", "USD\u00a05,000.00", "8 months", "23:59", "Girls"]),
    ],
)
def test_a_document_shows_its_figures(document: str, figures: list[str], copy_of: CopyOf) -> None:
    text = text_of(copy_of(document, "en"))
    for figure in figures:
        assert figure in text.replace("\n", " "), figure


def test_a_table_that_runs_over_a_page_repeats_its_head() -> None:
    reader = pypdf.PdfReader(io.BytesIO(printed(donor_statement(1, 12 * 6))))
    assert len(reader.pages) > 2
    assert all("Value date" in page.extract_text() for page in reader.pages[:3])


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("Wien", "ltr"),
        ("1010 Wien", "ltr"),
        ("الكويت 12", "rtl"),
        ("12", "ltr"),
        ("", "ltr"),
        ("وزارة الخارجية (UNODC)", "rtl"),
        ("SGP1: معونة إنسانية", "rtl"),
        ("FAO قطر الدوحة", "rtl"),
    ],
)
def test_words_of_others_keep_their_own_direction(text: str, direction: str) -> None:
    assert way(text) == direction


def test_an_iban_is_written_in_groups_and_another_number_as_it_is() -> None:
    assert grouped("AT611904300234573201").split() == ["AT61", "1904", "3002", "3457", "3201"]
    assert grouped("0011-22") == "0011-22"


def test_a_country_stands_beside_a_name_that_does_not_say_it() -> None:
    assert home("QA", "Ministry of Foreign Affairs, Qatar") == ""
    assert home("QA", "Hope Foundation") == "Qatar"
    assert home(None, "Hope Foundation") == ""


def test_a_signatory_stands_apart_from_the_office_in_arabic_too() -> None:
    arabic = replace(receipt().issuer, signatory="مدير الصندوق، فيينا")
    with use_language("ar"):
        page = markup.fromstring(as_html(replace(receipt(), issuer=arabic)))
    assert [line.text_content() for line in page.cssselect(".sign p")] == ["مدير الصندوق", "فيينا"]


def test_each_part_of_a_purpose_keeps_its_own_direction() -> None:
    paper = receipt()
    words = "SGP1: معونة إنسانية · دول أفريقيا · For girls"
    page = markup.fromstring(
        as_html(replace(paper, facts=replace(paper.facts, earmarked_for=words)))
    )
    parts = page.xpath("//tr[last()]/td/bdi")
    assert [part.get("dir") for part in parts] == ["rtl", "rtl", "ltr"]


def test_a_letter_written_in_one_language_has_no_other_around_it() -> None:
    letter = replace(MADE["appeal-letter"](), language="ar")
    page = markup.fromstring(print_source_of(letter).html)
    assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")
    assert "Yours sincerely" not in page.text_content()


def test_a_file_name_is_safe_everywhere() -> None:
    assert re.fullmatch(r"[\w-]+\.pdf", file_name(donor_statement()))
