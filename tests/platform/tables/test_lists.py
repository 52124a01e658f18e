"""Long lists and their files."""

import csv
import io
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Integer, Numeric, Select, event, insert, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import Headers

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.core.people.service import enter_organisation
from grants.platform.tables.exports import download, harmless
from grants.platform.tables.lists import COUNTED, Column, Listed, Listing, Order
from grants.platform.tables.orders import _read_value
from grants.platform.web import access

TRICK = '=HYPERLINK("http://bad.example","pay")'

LISTING = Listing(
    columns=(
        Column("Name", lambda o: o.name, order="name", link=lambda o: f"/o/{o.id}"),
        Column("Worth", lambda o: Money(-o.id * 100, "JPY"), kind="money"),
        Column("Kind", lambda o: o.kind),
        Column("Code", lambda o: o.code, shown=False),
    ),
    orders={
        "newest": Order(Organisation.id, descending=True),
        "name": Order(Organisation.name, Organisation.id),
    },
    size=10,
)


def test_a_list_whose_order_no_words_tell_is_refused() -> None:
    with pytest.raises(ValueError, match="sorted by: by_chance"):
        Listing(columns=LISTING.columns, orders={"by_chance": Order(Organisation.id)})


@pytest.fixture
def page() -> Flask:
    bare = Flask("list")
    access.install(bare)
    return bare


def listed(page: Flask, session: Session, address: str, query: Select[Any] | None = None) -> Listed:
    with page.test_request_context(address):
        return LISTING.of(session, select(Organisation) if query is None else query, "names")


def content(page: Flask, session: Session, address: str) -> tuple[Headers, bytes]:
    with page.test_request_context(address):
        file = LISTING.of(session, select(Organisation), "names").file
        assert file is not None
        file.direct_passthrough = False
        text = file.get_data()
        file.close()
        return file.headers, text


@pytest.fixture
def many(session: Session) -> list[str]:
    """37 organisations of only three names: order has to hold among equals."""
    names = [("Alpha", "Émile", "زيد")[number % 3] for number in range(37)]
    for name in names:
        enter_organisation(session, name, DonorKind.NGO, "KE")
    return names


def walk(page: Flask, session: Session, address: str) -> Iterator[Listed]:
    while address:
        found = listed(page, session, address)
        yield found
        address = found.next


@pytest.mark.parametrize("order", ["newest", "name"])
def test_paging_shows_each_record_once_in_order_there_and_back(
    page: Flask, session: Session, many: list[str], order: str
) -> None:
    there = list(walk(page, session, f"/list?order={order}&country=KE"))
    seen = [subject.id for found in there for subject in found.subjects]
    ascending = select(Organisation.id).order_by(Organisation.name, Organisation.id)
    newest = select(Organisation.id).order_by(Organisation.id.desc())
    assert seen == list(session.scalars(ascending if order == "name" else newest))
    assert [len(found.rows) for found in there] == [10, 10, 10, 7]
    assert not there[0].previous
    back = listed(page, session, there[3].previous)
    assert back.rows == there[2].rows
    assert listed(page, session, back.previous).rows == there[1].rows
    assert listed(page, session, listed(page, session, back.previous).previous).previous == ""


def test_every_link_keeps_the_filters(page: Flask, session: Session, many: list[str]) -> None:
    found = listed(page, session, "/list?country=KE&q=a%26b&q=c")
    links = [found.next, *(href for _kind, href in found.downloads), found.columns[0]["href"]]
    assert all("country=KE&q=a%26b&q=c" in link for link in links)
    assert "page=" not in found.columns[0]["href"]


def test_a_record_that_comes_in_meanwhile_neither_repeats_nor_hides_another(
    page: Flask, session: Session, many: list[str]
) -> None:
    first = listed(page, session, "/list")
    enter_organisation(session, "Newcomer", DonorKind.NGO, "KE")
    second = listed(page, session, first.next)
    assert first.subjects[-1].id == second.subjects[0].id + 1


@pytest.mark.parametrize(
    "cursor", ["x", "W10", "WyJuYW1lIixmYWxzZSwxXQ", "WyJub25lIixmYWxzZSwxXQ", "é", "%00"]
)
def test_an_address_that_was_not_made_here_is_refused(
    page: Flask, session: Session, cursor: str
) -> None:
    with pytest.raises(InvalidInput):
        listed(page, session, f"/list?page={cursor}")


@pytest.mark.parametrize(
    "place",
    [
        ("newest", False, 2**63),
        ("newest", False, -(2**63) - 1),
        ("name", False, "\0", 5),
        ("name", False, "\ud800", 5),
        ("name", False, "A", "x"),
    ],
)
def test_a_place_that_no_record_can_have_is_refused(
    page: Flask, session: Session, place: tuple[Any, ...]
) -> None:
    packed = urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")
    with pytest.raises(InvalidInput):
        listed(page, session, f"/list?page={packed}")
    with pytest.raises(ValueError, match=str(2**40)):
        _read_value(Integer(), 2**40)
    with pytest.raises(ValueError, match="E"):
        _read_value(Numeric(), "1E+999999")


def test_a_page_costs_two_queries(
    page: Flask, session: Session, connection: Connection, many: list[str]
) -> None:
    asked: list[str] = []
    session.flush()
    event.listen(connection, "before_cursor_execute", lambda *args: asked.append(args[2]))
    listed(page, session, "/list?order=name")
    assert len([text for text in asked if text.startswith("SELECT")]) == 2


def test_counting_stops_at_a_thousand(page: Flask, session: Session) -> None:
    rows = [
        {"code": f"O{number}", "name": "x", "kind": DonorKind.NGO} for number in range(COUNTED + 5)
    ]
    session.execute(insert(Organisation), rows)
    assert listed(page, session, "/list").counted == "1,000+"
    few = select(Organisation).where(Organisation.code.in_(["O1", "O2"]))
    assert listed(page, session, "/list", few).counted == "2"


def test_a_long_file_is_sent_to_its_end_before_its_request_ends() -> None:
    """Its rows are read with the session of the request, and worded in its reader's language."""
    bare, done = Flask("file"), []

    @bare.teardown_request
    def end_request(_error: BaseException | None) -> None:
        done.append("request ended")

    @bare.teardown_appcontext
    def end(_error: BaseException | None) -> None:
        done.append("session closed")

    def rows() -> Iterator[list[int]]:
        for number in range(1_000):
            done.append("read")
            yield [number]

    bare.add_url_rule("/file", "file", lambda: download("numbers", "csv", ["Number"], rows()))
    with bare.test_client().get("/file") as answer:
        assert answer.get_data(as_text=True).count("\n") == 1_001
    assert done == ["read"] * 1_000 + ["request ended", "session closed"]
    done.clear()
    bare.test_client().get("/file").close()
    assert done[-2:] == ["request ended", "session closed"]
    assert done.count("read") < 1_000


def test_a_csv_file_holds_the_whole_selection_and_no_formula(page: Flask, session: Session) -> None:
    for number, name in enumerate((TRICK, "plain", "5 - 3", "a\n@SUM(1)")):
        enter_organisation(session, name, DonorKind.NGO, code=f"C{number}")
    headers, text = content(page, session, "/list?format=csv&order=name")
    assert headers["Content-Disposition"].startswith("attachment; filename=names-")
    assert headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    assert rows[0] == ["Name", "Worth", "Worth: currency", "Kind", "Code"]
    names = {row[0] for row in rows[1:]}
    assert names == {f"'{TRICK}", "plain", "5 - 3", "a\n'@SUM(1)"}
    assert all(row[1].startswith("-") and row[2] == "JPY" for row in rows[1:])


def test_a_spreadsheet_keeps_text_as_text_and_figures_as_figures(
    page: Flask, session: Session
) -> None:
    enter_organisation(session, TRICK, DonorKind.NGO, code="C\x07")
    _headers, file = content(page, session, "/list?format=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(file)).worksheets[0]
    name, worth, currency, kind, code = sheet[2]
    assert (name.data_type, name.value) == ("s", TRICK)
    assert worth.data_type == "n"
    assert Decimal(str(worth.value)) < 0
    assert (currency.value, kind.value, code.value) == (
        "JPY",
        "Non-governmental organisation",
        "C",
    )


@given(st.text(alphabet="=+-@;\t\n\r| ab,\"'＝", max_size=12))
def test_no_cell_begins_like_a_formula_even_where_a_semicolon_or_a_line_parts_cells(
    text: str,
) -> None:
    safe = harmless(text)
    for sign in ";|\t\r\n":
        safe = safe.replace(sign, ";")
    assert not any(part.lstrip(" ").startswith(tuple("=+-@＝")) for part in safe.split(";"))
    assert harmless("Ann-Marie @ 5+3 = 8") == "Ann-Marie @ 5+3 = 8"
