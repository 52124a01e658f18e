"""Accessible to the letter: every sign of a page is tagged or an artifact, every head says of what.

A part of PDF/UA-1 and PDF/A-3a that a machine can check, on every document in both directions.
"""

import io
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pypdf
import pytest
from pypdf.generic import ContentStream

from tests.papers.conftest import CopyOf
from tests.papers.statements.papers import MADE
from tests.papers.typesetting.test_pdf import root

SHOWING = {b"Tj", b"TJ", b"'", b'"'}
DRAWING = SHOWING | {b"f", b"f*", b"S", b"s", b"B", b"B*", b"b", b"Do", b"sh"}


def tags(reader: pypdf.PdfReader) -> Iterator[Any]:
    """Every tag that hangs in the tree."""
    waiting = [root(reader)["/StructTreeRoot"]["/K"]]
    while waiting:
        item = waiting.pop()
        item = item.get_object() if hasattr(item, "get_object") else item
        if isinstance(item, list):
            waiting += item
        elif isinstance(item, dict):
            yield item
            waiting.append(item.get("/K", []))


def marks(reader: pypdf.PdfReader, page: Any) -> Iterator[tuple[bytes, list[Any]]]:
    """Operators that put something on the page, with the marks they stand in."""
    open_: list[Any] = []
    for operands, operator in ContentStream(page["/Contents"].get_object(), reader).operations:
        if operator in {b"BDC", b"BMC"}:
            open_.append(operands)
        elif operator == b"EMC":
            open_.pop()
        elif operator in DRAWING:
            yield operator, open_


@pytest.fixture(params=["en", "ar"])
def reader(request: pytest.FixtureRequest, document: str, copy_of: CopyOf) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(copy_of(document, request.param)))


@pytest.mark.parametrize("document", MADE)
def test_whatever_stands_on_a_page_is_tagged_or_an_artifact(reader: pypdf.PdfReader) -> None:
    numbered = {
        (page.raw_get("/Pg").idnum, kid)
        for page in tags(reader)
        if "/Pg" in page
        for kid in page.get("/K", [])
        if isinstance(kid, int)
    }
    for page in reader.pages:
        assert page.indirect_reference is not None
        place = page.indirect_reference.idnum
        kinds = set()
        for operator, stands_in in marks(reader, page):
            assert stands_in, f"{operator!r} is in nothing"
            kind, *properties = stands_in[-1]
            kinds.add(kind)
            if kind != "/Artifact":
                assert (place, properties[0]["/MCID"]) in numbered, "a tag outside of the tree"
        assert "/Artifact" in kinds, "the footer is not an artifact"


@pytest.mark.parametrize("document", MADE)
def test_heads_of_tables_say_what_they_head_and_cells_name_their_heads(
    reader: pypdf.PdfReader,
) -> None:
    found = list(tags(reader))
    named = {str(tag["/ID"]) for tag in found if "/ID" in tag}
    for tag in found:
        if tag.get("/S") == "/TH":
            assert tag["/A"]["/Scope"] in {"/Row", "/Column"}
        if tag.get("/S") == "/TD":
            assert {str(name) for name in tag["/A"].get("/Headers", [])} <= named
    tree = root(reader)["/StructTreeRoot"].get("/IDTree")
    listed = [str(name) for name in tree.get_object()["/Names"][::2]] if tree else []
    assert set(listed) == named
    assert listed == sorted(listed)


@pytest.mark.parametrize("document", MADE)
def test_headings_begin_at_the_first_and_leave_no_level_out(reader: pypdf.PdfReader) -> None:
    levels = [int(str(tag["/S"])[2:]) for tag in ordered(reader) if str(tag["/S"])[1:2] == "H"]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def ordered(reader: pypdf.PdfReader) -> Iterator[Any]:
    """Tags in the order in which they are read."""

    def below(item: Any) -> Iterator[Any]:
        item = item.get_object() if hasattr(item, "get_object") else item
        if isinstance(item, list):
            for kid in item:
                yield from below(kid)
        elif isinstance(item, dict) and "/S" in item:
            yield item
            yield from below(item.get("/K", []))

    return below(root(reader)["/StructTreeRoot"]["/K"])
