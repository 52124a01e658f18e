"""References in a page or an e-mail stand in an element that keeps them together."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grants.core.texts.references import keep_days, keep_references
from tests.platform.web.client import check_page

REFERENCES = (
    "UNVTF-P-2026-0029-P", "UNVTF-G-2026-004", "UNVTF-2026-SGP2", "UNVTF-2026-SGP2-0021",
    "UNVTF-R-2026-0001", "UNVTF-C-2026-01-0007", "UNVTF-B-2026-02", "SLAVERY-R-2024-0001",
)  # fmt: skip
UNTOUCHED = (
    '<a href="/grants/UNVTF-G-2026-004">Open</a>',
    '<option value="1">UNVTF-P-2026-0029-P, Austria</option>',
    '<textarea name="text">on our pledge UNVTF-P-2026-0029-P</textarea>',
    "<svg><title>UNVTF-2026-SGP2</title></svg>",
    "<p>https://fund.example.org/grants/UNVTF-G-2026-004</p>",
    "<p>agreement-UNVTF-P-2026-0029-P.pdf</p>",
    "<p>UN-2026, A/RES/72-2017 and ISO-2026</p>",
)


@pytest.mark.parametrize("reference", REFERENCES)
def test_a_reference_in_a_sentence_is_kept_together(reference: str) -> None:
    kept = f'<bdi dir="ltr" class="reference">{reference}</bdi>'
    assert keep_references(f"<p>Pay EUR 1 ({reference}).</p>") == f"<p>Pay EUR 1 ({kept}).</p>"
    assert keep_references(f'<b><bdi dir="ltr">{reference}</bdi></b>') == f"<b>{kept}</b>"


def test_a_day_in_a_hint_is_kept_together() -> None:
    kept = '<bdi dir="ltr" class="reference">2026-09-01</bdi>'
    assert keep_days("A date such as 2026-09-01 or <b>") == f"A date such as {kept} or &lt;b&gt;"
    for text in ("UNVTF-2026-09-01", "2026-09-011", "12026-09-01", "2026-09"):
        assert keep_days(text) == text


@pytest.mark.parametrize("html", UNTOUCHED)
def test_what_is_no_text_or_no_reference_stays_as_it_is(html: str) -> None:
    assert keep_references(html) == html


def test_a_page_on_which_a_reference_may_break_is_found() -> None:
    page = (
        '<!DOCTYPE html><html lang="en" dir="ltr"><head><title>Pledge</title></head>'
        "<body><h1>Pledge</h1><p>{}</p></body></html>"
    )
    for reference in REFERENCES:
        bare = page.format(f"See <a href='/x'>your pledge {reference}</a>.")
        with pytest.raises(AssertionError, match=re.escape(reference)):
            check_page(bare)
        check_page(keep_references(bare))


MET = re.compile(
    r'<bdi dir="ltr">(?P<alone>'
    + (
        one := r"(?<![\w/.@=?&#-])[A-Z]{2}[A-Z0-9]{0,30}(?:-[A-Z])?-20\d\d"
        r"(?:-[A-Z0-9]+)+(?![\w/@-]|\.\w)"
    )
    + rf")</bdi>|{one}"
)
"""The same by one expression over every sign of a page, which takes ten times as long."""
PIECES = (
    *REFERENCES, "UN", "U", "X-", "-2026-", "-20", "2026", "-1", "é", " ", ".", "/", "@", "a", "-",
    "<p>", "</p>", '<bdi dir="ltr">', "</bdi>", "<b title='", "'>", "<option>", "</option>",
)  # fmt: skip


@example(page='UNVTF-2026-1</bdi> and <bdi dir="ltr">')
@example(page="UN" + 11 * "2026" + "-2026-1")
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_references_are_found_wherever_one_expression_finds_them(page: str) -> None:
    def kept(found: re.Match[str]) -> str:
        tag = page.rfind("<", 0, found.start())
        if page.rfind(">", 0, found.start()) < tag or page.startswith("option", tag + 1):
            return found[0]
        return f'<bdi dir="ltr" class="reference">{found["alone"] or found[0]}</bdi>'

    assert keep_references(page) == MET.sub(kept, page)
