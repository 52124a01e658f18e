"""Lists of work: marks for exceptions, the age of what waits, and the way from case to case."""

from datetime import date, timedelta
from enum import StrEnum
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.core.people.service import enter_organisation
from grants.platform.forms.fields import CheckboxField, DateField, SelectField, TextField
from grants.platform.forms.forms import QueryForm
from grants.platform.tables import cases
from grants.platform.tables.cases import Place, place_in
from grants.platform.tables.cells import Lines, Tag, exceptions_only
from grants.platform.tables.columns import Column, age, brief_of
from grants.platform.tables.lists import Listing, Order
from grants.platform.web import access

NAMES = Listing(
    columns=(Column("Name", lambda o: o.name, link=lambda o: f"/o/{o.id}"),),
    orders={
        "newest": Order(Organisation.id, descending=True),
        "name": Order(Organisation.name, Organisation.id),
    },
    size=3,
)


@pytest.fixture
def bare() -> Flask:
    app = Flask("work")
    access.install(app)
    app.add_url_rule("/list", "names", view_func=str)
    return app


@pytest.mark.parametrize(
    ("tones", "kept"),
    [
        (["waiting"], 0),  # the whole list
        (["waiting", "good", "good", "good"], 1),
        (["waiting"] * 3 + ["good"] * 3, 3),
        (["waiting"] * 4 + ["good"] * 20, 0),  # more than three in a short list
        (["bad"] * 6 + ["waiting"] * 7 + ["good"] * 47, 6),  # one in ten of a long one
    ],
)
def test_a_mark_is_for_exceptions(tones: list[str], kept: int) -> None:
    rows = exceptions_only([["x", Tag("Late", tone)] for tone in tones])
    marked = [row[1] for row in rows if isinstance(row[1], Tag) and row[1].tone != "good"]
    assert len(marked) == kept
    assert all(str(getattr(row[1], "text", row[1])) == "Late" for row in rows)


def test_the_age_of_what_waits_is_counted_in_days() -> None:
    column = age(lambda row: row.day, lambda row: row.waits)
    ago = clock.today() - timedelta(days=9)
    assert column.value(SimpleNamespace(day=ago, waits=True)) == 9
    assert column.value(SimpleNamespace(day=clock.now(), waits=True)) == 0
    assert column.value(SimpleNamespace(day=None, waits=True)) is None
    done = SimpleNamespace(day=ago, waits=False)
    assert list(column.file_cells(done)) == [None]
    assert column.cell(done) == Lines(()), "nothing is to be said: no dash"


def test_a_narrow_screen_shows_two_texts_an_amount_and_the_state() -> None:
    columns = [
        Column("Number", str),
        Column("Organisation", str),
        Column("Received on", str, kind="date"),
        Column("Project", str),
        Column("Country", str),
        Column("Status", str, tone=str),
        Column("Asked", lambda _row: usd(1), kind="money"),
        Column("Paid", lambda _row: usd(1), kind="money"),
    ]
    assert brief_of(columns) == {
        "organisation": "text",
        "project": "more",
        "status": "state",
        "asked": "money",
    }


@pytest.mark.parametrize("order", ["newest", "name"])
def test_a_record_leads_to_its_neighbours_in_the_order_of_its_list(
    bare: Flask, session: Session, order: str
) -> None:
    for name in ("B", "A", "C", "A", "B"):
        enter_organisation(session, name, DonorKind.NGO, "KE")
    enter_organisation(session, "A", DonorKind.NGO, "PE")
    listed = select(Organisation).where(Organisation.country == "KE")
    by: dict[str, list[Any]] = {
        "newest": [Organisation.id.desc()],
        "name": [Organisation.name, Organisation.id],
    }
    found = list(session.scalars(listed.order_by(*by[order])))
    ways = [_beside(bare, session, listed, one, f"/o?list=1&order={order}&q=a") for one in found]
    addresses = [f"/o/{one.id}" for one in found]
    assert [way.previous for way in ways] == ["", *addresses[:-1]]
    assert [way.next for way in ways] == [*addresses[1:], ""]
    assert ways[0].back == f"/list?order={order}&q=a", "the list as it was left"
    elsewhere = session.scalars(select(Organisation).where(Organisation.country == "PE")).one()
    assert _beside(bare, session, listed, elsewhere, "/o?list=1") is None
    assert _beside(bare, session, listed, found[0], "/o") is None, "not opened from the list"


def test_a_record_has_a_place_among_those_that_wait_while_they_can_be_counted(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cases, "session", lambda: session)
    for name in "ABC":
        enter_organisation(session, name, DonorKind.NGO, "KE")
    other = enter_organisation(session, "D", DonorKind.NGO, "PE")
    model = SimpleNamespace(id=Organisation.id, reference=Organisation.code)
    listed = select(Organisation).where(Organisation.country == "KE")
    a, b, c = session.scalars(listed.order_by(Organisation.id))
    expected = [
        Place(1, 3, None, b.code),
        Place(2, 3, a.code, c.code),
        Place(3, 3, b.code, None),
    ]
    orders: list[list[ColumnElement[Any]]] = [[], [Organisation.id.expression]]
    for order in orders:
        assert [place_in(listed, model, one, order) for one in (a, b, c)] == expected
        assert place_in(listed, model, other, order) is None
    monkeypatch.setattr(cases, "COUNTED", 2)
    found = place_in(listed, model, b)
    assert found is not None
    assert (found.number, found.previous, found.next) == (0, a.code, c.code), "too many to count"


def _beside(app: Flask, session: Session, listed: Select[Any], one: Organisation, url: str) -> Any:
    with app.test_request_context(url):
        return NAMES.beside(session, listed, one, "names")


class Shade(StrEnum):
    DARK = "dark"

    @property
    def label(self) -> str:
        return "Dark blue"


class WorkFilter(QueryForm):
    q = TextField("Name")
    shade = SelectField("Colour", Shade)
    since = DateField("From")
    mine = CheckboxField("Only mine")


def test_each_filter_that_is_set_can_be_taken_away(app: Flask) -> None:
    day = "since-day=3&since-month=2&since-year=2026"
    address = f"/work?q=a%26b&shade=dark&{day}&mine=y&page=x&order=name"
    with app.test_request_context(address):
        form = WorkFilter()
        assert form.validate()
        assert form.since.data == date(2026, 2, 3)
        chips = dict(form.chips())
    assert list(chips) == ["Name: a&b", "Colour: Dark blue", "From: 3 February 2026", "Only mine"]
    assert chips["Name: a&b"] == f"/work?shade=dark&{day}&mine=y&order=name"
    assert chips["From: 3 February 2026"] == "/work?q=a%26b&shade=dark&mine=y&order=name"
    with app.test_request_context("/work?shade=pink&q=&order=name"):
        form = WorkFilter()
        form.validate()
        assert form.chips() == [], "an empty answer filters nothing, a wrong one neither"
