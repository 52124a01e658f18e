"""A list that reads facts shows what a list of records shows, and draws no row twice."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from flask import Flask
from sqlalchemy import Connection, delete, event, func, insert, select, update
from sqlalchemy.orm import Session

from grants.core.kernel import clock
from grants.core.kernel.language import use_language
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.platform.tables import facts
from grants.platform.tables.cells import Cells
from grants.platform.tables.columns import age
from grants.platform.tables.facts import Facts
from grants.platform.tables.lists import COUNTED, Column, Listed, Listing, Order
from grants.platform.tables.tables import table_rows
from grants.platform.web import access

BEGUN = clock.today() - timedelta(days=40)


class Named(NamedTuple):
    """What is read of an organisation."""

    id: int
    name: str
    kind: DonorKind


RECORDS = Listing(
    columns=(
        Column("Name", lambda o: o.name, order="name", link=lambda o: f"/o/{o.id}"),
        Column("Kind", lambda o: o.kind.label, tone=lambda o: o.kind.value),
        age(lambda _o: BEGUN),
        Column("Letters", lambda o: len(o.name), kind="number", shown=False),
    ),
    orders={
        "newest": Order(Organisation.id, descending=True),
        "name": Order(Organisation.name, Organisation.id),
    },
    size=10,
)
READ = replace(RECORDS, facts=Facts((Organisation.id, Organisation.name, Organisation.kind), Named))
ONCE = replace(
    RECORDS,
    facts=Facts((Organisation.id, Organisation.name, Organisation.kind), Named, once=True),
)
BOTH = pytest.mark.parametrize("read", [READ, ONCE], ids=["counted apart", "counted at once"])
ALL = select(Organisation)


@pytest.fixture(autouse=True)
def _nothing_is_kept() -> None:
    facts._KEPT.clear()


@pytest.fixture
def page() -> Flask:
    bare = Flask("list")
    access.install(bare)
    return bare


@pytest.fixture
def many(session: Session) -> int:
    """37 organisations of three names, each tenth a foundation."""
    rows = [
        {
            "code": f"ORG{number}",
            "name": ("Alpha", "Émile <b>", "زيد")[number % 3],
            "kind": DonorKind.FOUNDATION if number % 10 == 0 else DonorKind.NGO,
            "country": "KE",
        }
        for number in range(37)
    ]
    session.execute(insert(Organisation), rows)
    return len(rows)


def listed(
    page: Flask, session: Session, listing: Listing, address: str, query: Any = ALL
) -> Listed:
    with page.test_request_context(address):
        return listing.of(session, query, "names")


def drawn(found: Listed) -> str:
    return table_rows(found.columns, found.to_pick)


def walk(page: Flask, session: Session, listing: Listing, address: str) -> Iterator[Listed]:
    while address:
        found = listed(page, session, listing, address)
        yield found
        address = found.next


@BOTH
@pytest.mark.parametrize("order", ["newest", "name"])
@pytest.mark.parametrize("time", ["drawn", "drawn before"])
def test_it_shows_what_a_list_of_records_shows(
    page: Flask, session: Session, many: int, read: Listing, order: str, time: str
) -> None:
    if time == "drawn before":
        list(walk(page, session, read, f"/list?order={order}"))
    pairs = zip(
        walk(page, session, RECORDS, f"/list?order={order}"),
        walk(page, session, read, f"/list?order={order}"),
        strict=True,
    )
    for records, found in pairs:
        assert drawn(found) == drawn(records)
        facts_of = (found.count, found.names, found.next, found.previous)
        assert facts_of == (records.count, records.names, records.next, records.previous)
        assert found.count == many
        if records.previous:
            before = listed(page, session, read, records.previous)
            assert drawn(before) == drawn(listed(page, session, RECORDS, records.previous))


@BOTH
def test_one_question_brings_the_rows_and_their_number(
    page: Flask, session: Session, connection: Connection, many: int, read: Listing
) -> None:
    asked: list[str] = []
    event.listen(connection, "before_cursor_execute", lambda *seen: asked.append(seen[2]))
    assert listed(page, session, read, "/list").count == many
    assert len(asked) == 1
    few = listed(page, session, read, "/list", ALL.where(Organisation.kind == DonorKind.FOUNDATION))
    assert (few.count, len(few.rows)) == (4, 4)
    none = listed(page, session, read, "/list", ALL.where(Organisation.name == "nobody"))
    assert (none.count, none.rows) == (0, [])


@BOTH
def test_counting_stops_at_a_thousand(page: Flask, session: Session, read: Listing) -> None:
    rows = [
        {"code": f"ORG{number}", "name": f"{number}", "kind": DonorKind.NGO, "country": "KE"}
        for number in range(COUNTED + 5)
    ]
    session.execute(insert(Organisation), rows)
    first = listed(page, session, read, "/list")
    assert first.counted == listed(page, session, read, first.next).counted == "1,000+"


def test_a_page_whose_rows_have_gone_is_empty(page: Flask, session: Session, many: int) -> None:
    address = listed(page, session, READ, "/list").next
    newest = select(func.max(Organisation.id)).scalar_subquery()
    session.execute(delete(Organisation).where(Organisation.id < newest))
    gone = listed(page, session, READ, address)
    assert (gone.count, gone.rows, gone.next) == (1, [], "")


def test_a_row_is_drawn_again_when_a_fact_has_changed_and_no_other_is(
    page: Flask, session: Session, many: int
) -> None:
    before = listed(page, session, READ, "/list")
    drawn(before)
    changed = before.subjects[3].id
    session.execute(
        update(Organisation).where(Organisation.id == changed).values(name="Renamed & moved")
    )
    after = listed(page, session, READ, "/list")
    assert "Renamed &amp; moved" in drawn(after)
    assert [a is b for a, b in zip(before.subjects, after.subjects, strict=True)] == [
        one.id != changed for one in before.subjects
    ]
    assert drawn(after) == drawn(listed(page, session, RECORDS, "/list"))


def test_another_day_another_language_other_filters_and_columns_are_drawn_apart(
    page: Flask, session: Session, many: int
) -> None:
    seen = {drawn(listed(page, session, READ, "/list"))}
    with clock.at(clock.now() + timedelta(days=1)):
        seen.add(drawn(listed(page, session, READ, "/list")))
    with use_language("ar"):
        seen.add(drawn(listed(page, session, READ, "/list")))
        assert drawn(listed(page, session, READ, "/list")) in seen
    assert len(seen) == 3, "the age of a record and its kind in words"
    shorter = replace(READ, columns=READ.columns[:1])
    assert "data-label" not in drawn(listed(page, session, shorter, "/list"))


def test_a_mark_that_many_rows_share_is_words_and_stands_out_among_others(
    page: Flask, session: Session, many: int
) -> None:
    alike = ALL.where(Organisation.kind == DonorKind.NGO)
    marks = drawn(listed(page, session, READ, "/list")).count("tag--foundation")
    assert marks == drawn(listed(page, session, RECORDS, "/list")).count("tag--foundation") > 0
    assert "tag--" not in drawn(listed(page, session, READ, "/list", alike))
    assert drawn(listed(page, session, READ, "/list")).count("tag--foundation") == marks


def test_no_more_rows_are_kept_than_there_is_room_for(
    page: Flask, session: Session, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "MOST", 20)
    for number in range(9):
        listed(page, session, READ, f"/list?country={number}")
    assert sum(map(len, facts._KEPT.values())) <= 20 + RECORDS.size
    nobody = ALL.where(Organisation.name == "nobody")
    for number in range(30):
        listed(page, session, READ, f"/list?q={number}", nobody)
    assert len(facts._KEPT) <= 20


def test_a_ticked_row_and_one_with_a_look_are_written_as_they_are(page: Flask) -> None:
    heads = [{"text": "Name"}]
    cells = Cells(["Émile"])
    with page.test_request_context("/"):
        plain = table_rows(heads, [cells])
        ticked = table_rows(heads, [{"cells": cells, "pick": "1", "name": "É", "ticked": True}])
        unticked = table_rows(heads, [{"cells": cells, "pick": "1", "name": "É"}])
        looks = table_rows(heads, [{"cells": cells, "class": "is-late"}])
        assert len({plain, ticked, unticked, looks}) == 4
        assert " checked" in ticked
        assert table_rows(heads, [cells]) == plain


class Counted(NamedTuple):
    """The same, with what is read for a whole page."""

    id: int
    name: str
    namesakes: int


def test_what_is_read_for_a_whole_page_is_a_fact_like_others(
    page: Flask, session: Session, many: int
) -> None:
    asked: list[int] = []
    more = {"Alpha": 1}

    def namesakes(rows: Sequence[tuple[Any, ...]]) -> list[int]:
        asked.append(len(rows))
        return [more.get(name, 0) for _id, name in rows]

    counted = Listing(
        columns=(Column("Name", lambda o: o.name), Column("Others", lambda o: o.namesakes)),
        orders=RECORDS.orders,
        size=many,
        facts=Facts((Organisation.id, Organisation.name), Counted, also=namesakes),
    )
    before = listed(page, session, counted, "/list")
    more["زيد"] = 7
    after = listed(page, session, counted, "/list")
    assert asked == [many, many], "the same rows may stand beside others"
    assert [one.namesakes for one in after.subjects] == [
        more.get(o.name, 0) for o in after.subjects
    ]
    pairs = zip(before.subjects, after.subjects, strict=True)
    assert [a is b for a, b in pairs] == [one.name != "زيد" for one in after.subjects]
    with page.test_request_context("/list?format=csv"):
        file = counted.of(session, ALL, "names").file
        assert file is not None
        file.direct_passthrough = False
        assert file.get_data(as_text=True).count("زيد,7") == many // 3
        file.close()


def test_a_file_holds_the_same_rows(page: Flask, session: Session, many: int) -> None:
    texts = []
    for listing in (RECORDS, READ):
        with page.test_request_context("/list?format=csv"):
            file = listing.of(session, ALL, "names").file
            assert file is not None
            file.direct_passthrough = False
            texts.append(file.get_data())
            file.close()
    assert texts[0] == texts[1]
    assert texts[0].count(b"\n") == many + 1
