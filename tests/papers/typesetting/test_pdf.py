"""Printing: sealed, the same each time, accessible, and no sign without its shape."""

import io
import logging
from typing import Any

import pypdf
import pytest

from grants.core.kernel.language import use_language
from grants.papers.statements.issuing import print_source_of, printed
from grants.papers.typesetting import pdf
from grants.papers.typesetting.chinese import (
    chinese_of_our_words,
    everyday_chinese,
    frequent_chinese,
)
from grants.papers.typesetting.enclosed import Unprintable
from grants.papers.typesetting.paper import Addressee
from tests.papers.statements.made.books import fund_statement
from tests.papers.statements.made.giving import guide_paper, receipt
from tests.papers.statements.words import lost

PAGE = '<html lang="en"><head><title>Test</title></head><body>{}</body></html>'


def root(reader: pypdf.PdfReader) -> Any:
    """The catalogue, of which pypdf does not know the type."""
    return reader.trailer["/Root"]


def text_of(content: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(content))
    return "\n".join(page.extract_text() for page in reader.pages)


@pytest.mark.parametrize(
    "attack",
    [
        '<img alt="x" src="file:///etc/passwd">',
        '<img alt="x" src="/etc/passwd">',
        '<img alt="x" src="http://127.0.0.1:1/x.png">',
        '<img alt="x" src="https://example.org/x.png">',
        '<img alt="x" src="ftp://127.0.0.1/x.png">',
        '<img alt="x" src="data:image/png;base64,iVBORw0KGgo=">',
        '<img alt="x" src="asset:../print.css">',
        '<img alt="x" src="ASSET:mark.svg">',
        '<p style="background: url(file:///etc/passwd)">x</p>',
        "<style>@import url(file:///etc/passwd);</style>",
        "<style>@font-face{font-family:X;src:url(file:///etc/passwd)} p{font-family:X}</style>",
        '<link rel="stylesheet" href="file:///etc/passwd">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<object data="file:///etc/passwd"></object>',
        '<embed src="file:///etc/passwd">',
        '<svg><title>x</title><image href="file:///etc/passwd" width="9" height="9"/></svg>',
        '<base href="file:///etc/"><img alt="x" src="passwd">',
        '<p style="list-style-image: url(//127.0.0.1/x); display: list-item">x</p>',
    ],
)
def test_nothing_outside_the_room_is_ever_opened(attack: str) -> None:
    with pytest.raises(Unprintable) as refused:
        pdf.printed(PAGE.format(attack))
    assert "passwd" not in refused.value.message


def test_the_press_still_prints_after_an_attack() -> None:
    with pytest.raises(Unprintable):
        pdf.printed(PAGE.format('<img alt="x" src="file:///etc/passwd">'))
    assert "Dear Sir or Madam" in text_of(pdf.printed(PAGE.format("<p>Dear Sir or Madam</p>")))


def test_names_cannot_bring_markup_along() -> None:
    to = Addressee('<img src="file:///etc/passwd">', "<script>1</script>", None)
    assert "<script>" in text_of(printed(receipt(to)))


def test_the_same_facts_give_the_same_bytes() -> None:
    first = printed(fund_statement())
    printed(receipt())  # what is printed in between changes nothing
    assert printed(fund_statement()) == first


def test_other_facts_give_another_file_identifier() -> None:
    def identifier(content: bytes) -> object:
        return pypdf.PdfReader(io.BytesIO(content)).trailer["/ID"]

    assert identifier(printed(fund_statement())) != identifier(printed(receipt()))


def test_a_document_is_tagged_titled_and_says_its_language_and_standards() -> None:
    with use_language("ar"):
        reader = pypdf.PdfReader(io.BytesIO(printed(receipt())))
    catalogue = root(reader)
    assert catalogue["/Lang"] == "ar"
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
    assert catalogue["/OutputIntents"][0].get_object()["/S"] == "/GTS_PDFA1"
    metadata = catalogue["/Metadata"].get_object().get_data().decode()
    assert metadata.count("<rdf:RDF") == 1
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert 'pdfaid:part="3"' in metadata
    assert 'pdfaid:conformance="A"' in metadata
    assert reader.metadata is not None
    assert reader.metadata.creation_date_raw == "D:20261231000000Z"


def structure(reader: pypdf.PdfReader) -> set[str]:
    """Every kind of element in the tag tree."""
    found: set[str] = set()
    waiting: list[Any] = [root(reader)["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop().get_object()
        if not isinstance(element, dict):
            continue
        found.add(str(element.get("/S")))
        kids = element.get("/K", [])
        waiting += kids if isinstance(kids, list) else [kids]
    return found


def test_headings_tables_and_their_heads_are_tagged() -> None:
    reader = pypdf.PdfReader(io.BytesIO(printed(fund_statement())))
    assert {"/H1", "/H2", "/P", "/Table", "/TR", "/TH", "/TD"} <= structure(reader)


NAMES = [
    "دولة الكويت، وزارة الخارجية",
    "中华人民共和国常驻联合国代表团",
    "Đặng Thị Hương · Łódź · Ørsted · Ştefan Țurcanu",
    "Министерство иностранных дел · Ελληνική Δημοκρατία",
    "भारत गणराज्य",
    "にほん カナダ",
    "鿃 㐂 rare signs",
]


@pytest.mark.parametrize("name", NAMES)
def test_every_sign_of_a_name_has_its_shape_and_its_words_are_found(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        matter = print_source_of(receipt(Addressee(name, None, None)))
        content = matter.printed()
    assert not caplog.messages
    assert lost(matter.html, content) == []


def test_a_sign_that_no_typeface_has_is_reported_and_no_standard_claimed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    content = printed(receipt(Addressee("ไทย", None, None)))
    assert any("no typeface of ours has" in message for message in caplog.messages)
    metadata = root(pypdf.PdfReader(io.BytesIO(content)))["/Metadata"].get_object().get_data()
    assert b"pdfaid:part=" not in metadata
    assert b"<pdfuaid:part>" not in metadata


def test_only_our_own_typefaces_are_embedded_each_cut_to_what_it_shows() -> None:
    content = printed(receipt(Addressee(" ".join(NAMES), None, None)))
    page: Any = pypdf.PdfReader(io.BytesIO(content)).pages[0]
    fonts = [font.get_object()["/BaseFont"] for font in page["/Resources"]["/Font"].values()]
    assert all(name[7] == "+" and name[8:].startswith("Statement") for name in fonts)
    assert len(content) < 400_000


def test_everyday_chinese_is_what_gb_2312_holds() -> None:
    signs = everyday_chinese()
    assert {ord("国"), ord("龙")} <= signs
    assert len(signs) == 7445


def test_each_chinese_sign_is_cut_into_one_face_only() -> None:
    frequent = frequent_chinese()
    assert ord("国") in frequent < everyday_chinese()
    assert ord("国") in chinese_of_our_words()
    assert min(chinese_of_our_words()) > ord("”")  # which the Latin face has


def test_a_chinese_paper_of_our_own_words_is_half_as_large_again_as_english_at_most() -> None:
    sizes = {}
    for language in ("en", "zh"):
        with use_language(language):
            sizes[language] = len(printed(guide_paper()))
    assert sizes["zh"] < sizes["en"] * 1.6


def test_a_statement_holds_its_facts_as_a_file() -> None:
    reader = pypdf.PdfReader(io.BytesIO(printed(fund_statement())))
    (name,) = reader.attachments
    assert name.startswith("fund-statement")
    assert b'"closing_balance": "1713321.43"' in reader.attachments[name][0]


def test_a_machine_without_the_fast_subsetter_is_told_how_to_mend_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert pdf.complaint() is None
    monkeypatch.setattr("weasyprint.text.ffi.harfbuzz_subset", None)
    assert "libharfbuzz-subset0" in str(pdf.complaint())
