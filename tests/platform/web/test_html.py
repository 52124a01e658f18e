"""The quick way of looking at a page misses nothing that the parser of the standard finds."""

import pytest

from tests.platform.web import html

PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Pledges</title></head>'
    '<body><main><h1 id="top">Pledges</h1><table><tr><td>5 &amp; 6</td></tr></table>'
    "<p>Some <b>text</b></p><br></main></body></html>"
)


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "_sound", set())
    html.parsed(PAGE)


def test_a_page_of_known_pieces_is_read_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(html, "_by_the_standard")
    other = PAGE.replace("<p>", "<p>More</p><p>").replace("5 &amp; 6", "7")
    assert [p.text for p in html.parsed(other).iter("p")] == ["More", "Some "]


@pytest.mark.parametrize(
    ("sound", "broken"),
    [
        ("</b></p>", "</p></b>"),
        ("</main>", ""),
        ("</main>", "</main></main>"),
        ("&amp;", "&nothing;"),
        ("5", "5 < 6"),
        ('id="top"', 'id="top" id="again"'),
        ("<td>", "<td></div>"),
        ("<br>", '<br id="a" id="b">'),
        ("<b>text</b>", "<div>text</div>"),
    ],
)
def test_what_is_broken_is_found_however_well_its_pieces_are_known(sound: str, broken: str) -> None:
    with pytest.raises(AssertionError, match="not well-formed"):
        html.parsed(PAGE.replace(sound, broken, 1))
