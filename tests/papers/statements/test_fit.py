"""The laid-out page itself: nothing runs out of its cell, and pages break where a reader would."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import weasyprint

from grants.core.kernel.language import current_language, use_language
from grants.papers.statements.catalogue import CATALOGUE
from grants.papers.statements.issuing import print_source_of
from grants.papers.typesetting import pdf
from grants.papers.typesetting.paper import Certified, Paper
from tests.papers.statements.awkward import many, sums, wordy
from tests.papers.statements.papers import MADE

Maker = Callable[[], Paper]
SUMS = {"usual": 12_345_678, "large": 9_876_543_210, "negative": -987_654_321, "huge": 10**13 - 1}
CELLS = {"td", "th"}
A_THIRD = (22 + (297 - 46) / 3) / 297
"""Of the height of a sheet, by its margins in print.css."""
SLACK = 0.6
"""Points by which a letter may lean over the edge of its box."""


WIDTHS = [
    pytest.param(minor, id=name, marks=pytest.mark.long if name in {"usual", "large"} else [])
    for name, minor in SUMS.items()
]
"""Sums narrower than the others are left to `make test-long`."""


def laid(paper: Paper) -> list[Any]:
    """The pages of a document as boxes with a place, before they become a PDF."""
    press, matter = pdf._our_press(), print_source_of(paper)
    with press.lock:
        press.fetcher.pictures = {picture.sha256: picture.content for picture in matter.pictures}
        page: weasyprint.HTML = pdf.Page(matter.html, press.fetcher)
        document = pdf._typeset_pages(press, page, current_language().direction)
    return [sheet._page_box for sheet in document.pages]


def below(box: Any) -> Iterator[Any]:
    yield box
    for child in getattr(box, "children", ()):
        yield from below(child)


def lines(box: Any) -> list[Any]:
    return [one for one in below(box) if type(one).__name__ == "TextBox" and one.text.strip()]


def overrun(pages: list[Any]) -> Iterator[str]:
    """Words that stand outside the table cell or the coloured box they belong to."""
    for page in pages:
        edge = page.content_box_x() + page.width + SLACK
        yield from (line.text for line in lines(page) if line.position_x + line.width > edge)
        for box in below(page):
            name = (box.element.get("class") or "").split() if box.element is not None else []
            if box.element_tag not in CELLS and "figure" not in name:
                continue
            if not hasattr(box, "border_width"):
                continue
            left = box.border_box_x() - SLACK
            right = box.border_box_x() + box.border_width() + SLACK
            for line in lines(box):
                if line.position_x < left or line.position_x + line.width > right:
                    yield line.text


def told(page: Any) -> str:
    return " ".join(line.text for line in lines(page))


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("minor", WIDTHS)
@pytest.mark.parametrize("make", MADE.values(), ids=MADE)
def test_no_figure_runs_out_of_its_cell(make: Maker, minor: int, language: str) -> None:
    with use_language(language):
        assert list(overrun(laid(sums(make(), minor)))) == []


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("make", MADE.values(), ids=MADE)
def test_no_long_name_or_reference_runs_out_of_its_cell(make: Maker, language: str) -> None:
    with use_language(language):
        assert list(overrun(laid(wordy(make())))) == []


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("make", MADE.values(), ids=MADE)
def test_a_last_page_is_at_least_a_third_full(make: Maker, language: str) -> None:
    with use_language(language):
        pages = laid(make())
    assert len(pages) == 1 or _end_of(pages) >= A_THIRD


@pytest.mark.parametrize(
    ("document", "field", "number"),
    [
        *(("annex", "regions", number) for number in range(2, 14, 3)),
        *(("donor-statement", "deposits", number) for number in range(6, 40, 3)),
        *(("agreement", "reports", number) for number in range(2, 14, 3)),
        *(("contributions", "donors", number) for number in range(10, 70, 6)),
    ],
)
def test_a_last_page_is_a_third_full_however_many_lines(
    document: str, field: str, number: int
) -> None:
    pages = laid(many(MADE[document](), **{field: number}))
    assert len(pages) == 1 or _end_of(pages) >= A_THIRD


def _end_of(pages: list[Any]) -> float:
    """How far down the last page the document ends, as a share of its height."""
    end = max(line.position_y + line.height for line in lines(pages[-1].children[0]))
    return float(end / pages[-1].margin_height())


@pytest.mark.parametrize("payments", range(5, 13))
def test_no_page_holds_nothing_but_the_explanation(payments: int) -> None:
    pages = laid(many(MADE["donor-statement"](), pledges=1, deposits=payments))
    assert "54,112.55" in told(pages[-1]), told(pages[-1])[:80]


@pytest.mark.parametrize("number", range(2, 12))
@pytest.mark.parametrize(("document", "field"), [("agreement", "reports"), ("annex", "regions")])
def test_no_line_of_a_table_stands_alone_on_a_page(document: str, field: str, number: int) -> None:
    for page in laid(many(MADE[document](), **{field: number})):
        for table in (box for box in below(page) if type(box).__name__ == "TableBox"):
            rows = [box for box in below(table) if box.element_tag == "tr"]
            here, whole = (
                len([row for row in rows if not _head(row)]),
                table.element.findall(".//tr"),
            )
            assert here > 1 or here == len(whole) - len(table.element.findall(".//thead/tr")), told(
                table
            )


@pytest.mark.parametrize("number", range(1, 15))
@pytest.mark.parametrize(
    ("document", "field"),
    [
        ("agreement", "reports"),
        ("agreement", "instalments"),
        ("contribution-agreement", "payments"),
        ("acknowledgement", "payments"),
    ],
)
def test_no_signature_stands_alone_on_a_page(document: str, field: str, number: int) -> None:
    pages = laid(many(MADE[document](), **{field: number}))
    signed = [page for page in pages if _signature(page)]
    assert signed
    for page in signed:
        body = page.children[0]
        rest = len(lines(body)) - sum(len(lines(box)) for box in _signature(page))
        assert rest > 1, told(page)


def _signature(page: Any) -> list[Any]:
    """The blocks for signing on a page, each once."""
    named = [box for box in below(page.children[0]) if _is_for_signing(box)]
    inner = {id(box) for block in named for box in below(block) if box is not block}
    return [box for box in named if id(box) not in inner]


def _is_for_signing(box: Any) -> bool:
    names = (box.element.get("class") or "").split() if box.element is not None else []
    return bool({"sign", "sign-two"} & {*names})


def _head(row: Any) -> bool:
    return all(
        cell.element_tag == "th" and cell.element.get("scope") == "col" for cell in row.children
    )


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("document", [name for name, row in CATALOGUE.items() if row.certified])
def test_a_certification_stands_with_the_figures_it_is_of(document: str, language: str) -> None:
    stamp = Certified("C-77", "Kwame Boateng", date(2027, 2, 10))
    with use_language(language):
        pages = laid(replace(MADE[document](), certified=stamp))
    assert "Kwame Boateng" in told(pages[0])
    assert any(
        "figure" in (box.element.get("class") or "") or box.element_tag == "td"
        for box in below(pages[0])
        if box.element is not None
    )
    assert document != "fund-statement" or len(pages) == 1
