"""Pledges and deposits that are taken over many at once leave what one after the other leaves."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, Table, select
from sqlalchemy import event as happening
from sqlalchemy.orm import Session

from grants.core.audit import binding
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.db import Base, Database
from grants.core.kernel.tabular import UnreadableTable
from grants.desk.moving_in.history import at_once
from grants.desk.moving_in.history.service import take_over
from grants.desk.moving_in.history.sources import given_in
from tests.cases import cases
from tests.desk.moving_in.history.histories import START, Files, full_histories, until

PSC = Decimal(13)
OUR_OWN = {"recorded_at", "written_in", "created_at", "taken_at", "version"}
"""By the machine's clock, or how often a record was written."""
Found = dict[str, list[Any]]
NOW = datetime(2027, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("history")


@pytest.mark.many
@pytest.mark.timeout(900)
@settings(
    max_examples=cases(30, 300),
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_many_at_once_leave_the_same_records_and_trail_as_one_after_the_other(
    database: Database, folder: Path, data: Any
) -> None:
    files = data.draw(full_histories(folder, PSC))
    before = data.draw(st.none() | st.integers(0, 600))
    earlier = until(files, START + timedelta(before)) if before is not None else None
    _spoil(data, files)
    many = data.draw(st.sampled_from([1, 3, 10, at_once.MANY]))
    with clock.at(NOW):
        one_by_one = _left_by(database, folder, earlier, files, few=10**6, many=many)
        together = _left_by(database, folder, earlier, files, few=1, many=many)
    for name, rows in one_by_one.items():
        assert together[name] == rows, name
    event(f"refused: {bool(together['refused'])}, earlier: {before is not None}")


def _spoil(data: Any, files: Files) -> None:
    """Now and then a row that is refused, or comes before what it rests on."""
    how = data.draw(st.sampled_from(["", "", "amount", "value_on", "pledge"]))
    deposits = files.rows.get("deposits", [])
    if not how or not deposits:
        return
    row = data.draw(st.sampled_from(deposits))
    if how == "amount":
        row["amount"] = f"7{row['amount']}"
    elif how == "value_on":
        row["value_on"] = data.draw(st.sampled_from(["2023-01-01", "2022-12-01", "2024-06-30"]))
    else:
        row["pledge"] = data.draw(st.sampled_from(files.rows["pledges"]))["reference"]


def _left_by(
    database: Database, folder: Path, earlier: Files | None, files: Files, *, few: int, many: int
) -> Found:
    """Every record after an import, or what was refused."""
    with pytest.MonkeyPatch.context() as patch, database.session() as session:
        patch.setattr(at_once, "FEW", few)
        patch.setattr(at_once, "MANY", many)
        try:
            for each in (earlier, files):
                if each is not None:
                    take_over(session, "UNVTF", given_in(each.write(folder)))
            found = _records(session)
        except UnreadableTable as refusal:
            found = {"refused": [str(problem) for problem in refusal.problems]}
        session.rollback()
    return {"refused": []} | found


def _records(session: Session) -> Found:
    """The rows of every table in their order, their keys counted from 1."""
    bound = list(binding.bind(session))
    tables = [table for table in Base.metadata.sorted_tables if table.name != "trail"]
    places: dict[tuple[str, Any], str] = {}
    for table in (*tables, Base.metadata.tables["trail"]):
        if "id" in table.c:
            ids = session.scalars(select(table.c.id).order_by(table.c.id))
            places |= {(table.name, key): f"{table.name}#{n}" for n, key in enumerate(ids, 1)}
    found = {table.name: _rows(session, table, places) for table in tables}
    trail = Base.metadata.tables["trail"]
    own = select(trail).where(trail.c.action != binding.ACTION).order_by(trail.c.id)
    found["trail"] = [_act(dict(row), places) for row in session.execute(own).mappings()]
    kept = Counter[str]()
    for row in bound:
        kept.update({table: len(of_table) for table, of_table in row.facts.items()})
    return found | {"bound": sorted(kept.items())}


def _rows(session: Session, table: Table, places: dict[tuple[str, Any], str]) -> list[Any]:
    if table.name == "pledge_stale":  # whose figures are reckoned again: each once is enough
        stale = session.scalars(select(table.c.pledge_id))
        return sorted({places["pledge", key] for key in stale})
    order = [table.c.id] if "id" in table.c else list(table.primary_key)
    rows = session.execute(select(table).order_by(*order)).mappings()
    return [
        {
            column.name: _plain(row[column.name], column, places)
            for column in table.c
            if column.name not in OUR_OWN
        }
        for row in rows
    ]


UNBOUND = {"posting_id", "entry_id"}
"""Keys of what cannot be deleted, which triggers keep without a foreign key."""
_TABLES = {"reversal": "entry", "grant-refund": "grant_refund"}


def _plain(value: Any, column: Any, places: dict[tuple[str, Any], str]) -> Any:
    if column.name == "id":
        return places[column.table.name, value]
    for key in column.foreign_keys:
        return places.get((key.column.table.name, value), value)
    if column.name in UNBOUND:
        return places.get((column.name.removesuffix("_id"), value), value)
    return _named(value, places)


def _named(value: Any, places: dict[tuple[str, Any], str]) -> Any:
    """Subjects and keys of the ledger, as "deposit:7", by their place."""
    if isinstance(value, dict):
        return {name: _named(each, places) for name, each in value.items()}
    if not isinstance(value, str):
        return value
    return re.sub(
        r"\b([a-z_-]+):(\d+)",
        lambda hit: places.get((_TABLES.get(hit[1], hit[1]), int(hit[2])), hit[0]),
        value,
    )


def _act(row: dict[str, Any], places: dict[tuple[str, Any], str]) -> dict[str, Any]:
    facts = {
        name: places.get((_TABLES.get(name, name), value), value)
        if isinstance(value, int)
        else _named(value, places)
        for name, value in row["facts"].items()
    }
    subject = places.get((row["subject"], row["subject_id"]), row["subject_id"])
    return row | {"id": 0, "facts": facts, "subject_id": subject}


def test_a_deposit_costs_few_statements_and_the_same_when_there_are_more(
    database: Database,
) -> None:
    asked = [_statements(database, number) for number in (40, 80)]
    assert asked[1] - asked[0] < 2 * 40, asked


def _statements(database: Database, number: int) -> int:
    """How many statements the import of so many deposits on as many pledges takes."""
    head = "reference,donor,currency,amount,pledged_on,agreement_signed_on,conditional,earmarking"
    pledges = (
        f"P{n},D,USD,10.00,2024-01-{n % 28 + 1:02},2024-02-{n % 28 + 1:02},no,unearmarked"
        for n in range(number)
    )
    deposits = (f"B{n},P{n},2024-03-{n % 28 + 1:02},USD,10.00," for n in range(number))
    given = {
        "donors.csv": "code,name,kind,country\nD,Donor,foundation,KE\n",
        "pledges.csv": "\n".join([head, *pledges, ""]),
        "deposits.csv": "\n".join(
            ["bank_reference,pledge,value_on,currency,amount,bank_fee", *deposits, ""]
        ),
    }
    asked = 0

    def count(*_given: Any) -> None:
        nonlocal asked
        asked += 1

    with database.session() as session:
        fund_by_code(session, "UNVTF")
        happening.listen(Engine, "after_cursor_execute", count)
        try:
            take_over(session, "UNVTF", {name: text.encode() for name, text in given.items()})
        finally:
            happening.remove(Engine, "after_cursor_execute", count)
        session.rollback()
    return asked
