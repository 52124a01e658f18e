"""Binding records to the trail: what is changed outside the application is seen.

A model that says `__bound__` has those columns hashed (SHA-256, by the database) whenever a
transaction of the application touches a record of it. As the transaction commits, the hashes are
written in one more row of the trail, which the chain then covers: `flask ledger verify` compares
them with what is there.

A value is "COLUMNS:HASH". So many of the first columns were hashed; a model may add further ones at
the end of its list, and what was bound before stays comparable.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    DateTime,
    Executable,
    Select,
    String,
    Subquery,
    Table,
    and_,
    any_,
    bindparam,
    case,
    cast,
    event,
    func,
    insert,
    inspect,
    literal,
    select,
    text,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.orm import InstanceState, Mapper, Session, UOWTransaction

from grants.core.audit.models import TrailRow
from grants.core.database.db import Base
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _

SUBJECT, ACTION = "binding", "bind"
"""The rows of the trail that hold hashes."""
_TOUCHED = "bound records that were touched"
_BATCH = 1000
Key = tuple[Any, ...]
Touched = dict[Mapper[Any], set[Key]]
Place = tuple[str, str, Mapper[Any], Key]
"""Table and key of a record as the trail names it, its model and its key."""


def bound_models() -> list[Mapper[Any]]:
    """Every model whose records are bound, by the name of its table."""
    models = [mapper for mapper in Base.registry.mappers if _bound_columns(mapper)]
    return sorted(models, key=lambda mapper: _table_of(mapper).name)


def _bound_columns(mapper: Mapper[Any]) -> tuple[str, ...]:
    """The bound columns; a relation stands for what belongs to the record, whose model says
    `__bound_with_owner__`.
    """
    columns: tuple[str, ...] = mapper.class_.__dict__.get("__bound__", ())
    return columns


def _bound_since(mapper: Mapper[Any]) -> str:
    """The column that is set from the moment on from which a record is bound; a draft is not."""
    return str(mapper.class_.__dict__.get("__bound_from__", ""))


def _table_of(mapper: Mapper[Any]) -> Table:
    table = mapper.local_table
    assert isinstance(table, Table)
    return table


@event.listens_for(Session, "after_flush")
def _note_touched(session: Session, _context: UOWTransaction) -> None:
    touched: Touched = session.info.setdefault(_TOUCHED, {})
    for record in (*session.new, *session.dirty, *session.deleted):
        state: InstanceState[Any] = inspect(record)
        if not _bound_columns(state.mapper) or _is_draft(state):
            continue
        if record in session.new or record in session.deleted or _has_changed(state):
            key = tuple(state.mapper.primary_key_from_instance(record))
            touched.setdefault(state.mapper, set()).add(key)


def _is_draft(state: InstanceState[Any]) -> bool:
    """Is it a record that is bound later, and was not bound before?"""
    since = _bound_since(state.mapper)
    if not since or state.attrs[since].history.has_changes():
        return False
    return state.dict.get(since, since) is None


def touch(session: Session, record: Any) -> None:
    """For a record that was written by a statement of its own, which no flush tells of."""
    mapper = inspect(record).mapper
    touch_rows(session, mapper.class_, [tuple(mapper.primary_key_from_instance(record))])


def touch_rows(session: Session, model: type[Base], keys: Iterable[Key]) -> None:
    """Touch rows of a model of which only the keys are known."""
    touched: Touched = session.info.setdefault(_TOUCHED, {})
    touched.setdefault(inspect(model), set()).update(keys)


def _has_changed(state: InstanceState[Any]) -> bool:
    watched = (*_bound_columns(state.mapper), _bound_since(state.mapper))
    return any(
        name in watched and state.attrs[name].history.has_changes()
        for name in state.committed_state
        if name in state.mapper.column_attrs
    )


def bind(session: Session) -> list[int]:
    """Write the hashes of what this transaction has touched, a thousand records to a row of the
    trail; the numbers of these rows. No hash of what is not there any more.
    """
    touched: Touched = session.info.pop(_TOUCHED, {})
    places = sorted(
        (
            (_table_of(mapper).name, "/".join(map(str, key)), mapper, key)
            for mapper, keys in touched.items()
            for key in keys
        ),
        key=lambda place: place[:2],
    )
    return [
        _write_hashes(session, places[start : start + _BATCH])
        for start in range(0, len(places), _BATCH)
    ]


def _write_hashes(session: Session, places: Sequence[Place]) -> int:
    keys: dict[Mapper[Any], list[tuple[Any, ...]]] = {}
    for _name, _text, mapper, key in places:
        keys.setdefault(mapper, []).append(key)
    parameters: dict[str, Any] = {
        _table_of(mapper).name: _plain_keys(mapper, keys[mapper]) for mapper in keys
    }
    names, texts = [place[0] for place in places], [place[1] for place in places]
    parameters |= {"bound at": clock.wall(), "bound names": names, "bound keys": texts}
    return int(
        session.connection().execute(_binding_statement(tuple(keys)), parameters).scalar_one()
    )


@lru_cache(maxsize=500)
def _binding_statement(mappers: tuple[Mapper[Any], ...]) -> Executable:
    """Hash the records whose keys are given by table, and write the row that holds the hashes, all
    in one statement.
    """
    there = _of_these(mappers).subquery("there")
    arrays = [bindparam(f"bound {part}", type_=ARRAY(String)) for part in ("names", "keys")]
    place = func.unnest(*arrays).table_valued("name", "key", name="place").render_derived()
    same = and_(there.c.name == place.c.name, there.c.key == place.c.key)
    hashes = func.jsonb_object_agg(place.c.key, there.c.value).label("hashes")
    tables = select(place.c.name, hashes).select_from(place.outerjoin(there, same))
    hashed = tables.group_by(place.c.name).subquery("kept")
    facts = func.jsonb_object_agg(hashed.c.name, hashed.c.hashes)
    plain = {"actor": "trail", "subject": SUBJECT, "subject_id": 0, "action": ACTION}
    at = bindparam("bound at", type_=DateTime(timezone=True))
    values = select(at, *(literal(value) for value in plain.values()), facts)
    trail = _table_of(inspect(TrailRow))
    row = insert(trail).from_select(["at", *plain, "facts"], values)
    return row.returning(trail.c.id)


def _plain_keys(mapper: Mapper[Any], keys: Iterable[tuple[Any, ...]]) -> list[Any]:
    """Keys of one column as they are, others as tuples."""
    return [key[0] for key in keys] if len(mapper.primary_key) == 1 else list(keys)


def _of_these(mappers: tuple[Mapper[Any], ...]) -> CompoundSelect[str, str, str]:
    """Key, value and table of records whose keys are given by table, all in one question."""
    return union_all(
        *(
            _bound_contents(mapper)
            .add_columns(literal(_table_of(mapper).name, String).label("name"))
            .where(_key_in(mapper))
            for mapper in mappers
        )
    )


def _key_in(mapper: Mapper[Any]) -> ColumnElement[bool]:
    """Of the keys given under the name of the table; of one column as one value, so that the
    statement is the same for any number.
    """
    columns, name = list(mapper.primary_key), _table_of(mapper).name
    if len(columns) > 1:
        return tuple_(*columns).in_(bindparam(name, expanding=True))
    return columns[0] == any_(bindparam(name, type_=ARRAY(columns[0].type)))


def forget(session: Session) -> None:
    """After a rollback nothing was touched."""
    session.info.pop(_TOUCHED, None)


def bind_what_is_there(session: Session) -> list[TrailRow]:
    """Bind what a migration has added: the records of models of which none was ever bound, and
    those of which fewer columns were. What was changed outside the application stays a breach.
    """
    models = bound_models()
    lengths = _lengths_bound(session, [_table_of(mapper).name for mapper in models])
    tables_bound = set(session.scalars(_KNOWN))
    written: list[TrailRow] = []
    for mapper in models:
        name = _table_of(mapper).name
        if name not in tables_bound:
            rows = [(name, *record) for record in session.execute(_bound_contents(mapper))]
            written += _trail_rows(rows) or [_trail_row({name: {}})]
        elif min(lengths.get(name, ()), default=len(_bound_columns(mapper))) < len(
            _bound_columns(mapper)
        ):
            longer = session.execute(_with_more_columns(mapper, lengths[name]))
            written += _trail_rows([(name, *record) for record in longer])
    session.add_all(written)
    session.flush()
    return written


def _with_more_columns(mapper: Mapper[Any], lengths: Iterable[int]) -> Select[str, str]:
    """Key and value of records that are as they were bound, when the model had fewer columns."""
    bound, most = _latest_bound(mapper), len(_bound_columns(mapper))
    return (
        _bound_contents(mapper)
        .join(bound, bound.c.key == _key_of(mapper))
        .where(
            bound.c.value == _value_as_bound(mapper, lengths, bound),
            ~bound.c.value.startswith(f"{most}:", autoescape=True),
        )
    )


_KNOWN = text(
    "SELECT DISTINCT jsonb_object_keys(facts) FROM trail"
    " WHERE subject = 'binding' AND action = 'bind'"
)


def _trail_rows(bound: Sequence[tuple[str, str, str | None]]) -> list[TrailRow]:
    rows = []
    for start in range(0, len(bound), _BATCH):
        facts: dict[str, Any] = {}
        for name, key, value in bound[start : start + _BATCH]:
            facts.setdefault(name, {})[key] = value
        rows.append(_trail_row(facts))
    return rows


def _trail_row(facts: dict[str, Any]) -> TrailRow:
    return TrailRow(
        at=clock.wall(), mark="trail", subject=SUBJECT, subject_id=0, action=ACTION, facts=facts
    )


# --- The content of records, as the database hashes it -------------------------------------------


def _bound_contents(mapper: Mapper[Any]) -> Select[str, str]:
    """Key and value of all records that are bound."""
    names, table = _bound_columns(mapper), _table_of(mapper)
    value = literal(f"{len(names)}:", String) + _hash_of(mapper, len(names))
    query = select(_key_of(mapper).label("key"), value.label("value"))
    since = _bound_since(mapper)
    return query.where(table.c[since].is_not(None)) if since else query


def _hash_of(mapper: Mapper[Any], number: int) -> ColumnElement[str]:
    """SHA-256 of the first columns of the list, as the text of a JSON array."""
    parts = [_hashed_part(mapper, name) for name in _bound_columns(mapper)[:number]]
    whole = cast(func.jsonb_build_array(*parts), String)
    return func.encode(func.sha256(func.convert_to(whole, "UTF8")), "hex")


def _hashed_part(mapper: Mapper[Any], name: str) -> ColumnElement[Any]:
    if name not in mapper.relationships:
        return _zone_free(_table_of(mapper).c[name])
    other = mapper.relationships[name].mapper
    table = _table_of(other)
    parts = [_zone_free(table.c[column]) for column in other.class_.__bound_with_owner__]
    content = aggregate_order_by(func.jsonb_build_array(*parts), *other.primary_key)
    joined = mapper.relationships[name].primaryjoin
    query = select(func.jsonb_agg(content)).where(joined).correlate(_table_of(mapper))
    return query.scalar_subquery()


def _zone_free(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A moment is written in UTC, whatever zone the connection has."""
    if isinstance(column.type, DateTime):
        return func.timezone("UTC", column)
    return column


def _key_of(mapper: Mapper[Any]) -> ColumnElement[str]:
    return func.concat_ws("/", *mapper.primary_key)


# --- Comparing -----------------------------------------------------------------------------------


def breaches(session: Session) -> Iterator[str]:
    """A sentence for each bound record that is not what the trail says of it."""
    models = bound_models()
    lengths = _lengths_bound(session, [_table_of(mapper).name for mapper in models])
    for mapper in models:
        table = _table_of(mapper).name
        for key, why in session.execute(_differences_from_bound(mapper, lengths.get(table, ()))):
            yield _SENTENCES[why](table, key)


def changed(session: Session, model: type[Base]) -> set[str]:
    """The keys of a model's records that are not what the trail says of them."""
    mapper: Mapper[Any] = inspect(model)
    table = _table_of(mapper).name
    lengths = _lengths_bound(session, [table]).get(table, ())
    return {key for key, _why in session.execute(_differences_from_bound(mapper, lengths))}


def _lengths_bound(session: Session, tables: Sequence[str]) -> Mapping[str, tuple[int, ...]]:
    """How many columns were hashed, by table: as many as there were when a record was bound."""
    lengths: dict[str, tuple[int, ...]] = {}
    for table, number in session.execute(_LENGTHS, {"tables": tables}):
        lengths[table] = (*lengths.get(table, ()), int(number))
    return lengths


_SENTENCES = {
    "changed": lambda table, key: _(
        "%(table)s %(key)s was changed outside this system.", table=table, key=key
    ),
    "deleted": lambda table, key: _(
        "%(table)s %(key)s was deleted outside this system.", table=table, key=key
    ),
    "added": lambda table, key: _(
        "%(table)s %(key)s was written outside this system.", table=table, key=key
    ),
}


def _differences_from_bound(mapper: Mapper[Any], lengths: tuple[int, ...]) -> Select[str, str]:
    """Key of each record and what is wrong with it, in one statement.

    What this transaction itself has written and not yet committed is passed over.
    """
    table = _table_of(mapper)
    bound = _latest_bound(mapper)
    statement = select(
        _key_of(mapper).label("key"),
        _value_as_bound(mapper, lengths, bound).label("value"),
        text(f"{table.name}.xmin AS written"),
    ).select_from(table.outerjoin(bound, bound.c.key == _key_of(mapper)))
    if since := _bound_since(mapper):
        statement = statement.where(table.c[since].is_not(None))
    records = statement.subquery("there")
    settled = text(
        "coalesce(pg_xact_status(there.written::text::xid8), 'committed') <> 'in progress'"
    )
    why = case(
        (bound.c.value.is_(None) & records.c.key.is_not(None), "added"),
        (records.c.key.is_(None), "deleted"),
        else_="changed",
    )
    return (
        select(func.coalesce(records.c.key, bound.c.key).label("key"), why.label("why"))
        .select_from(bound.join(records, bound.c.key == records.c.key, full=True))
        .where(
            records.c.value.is_distinct_from(bound.c.value),
            records.c.key.is_(None) | settled,
        )
        .order_by("key")
    )


def _latest_bound(mapper: Mapper[Any]) -> Subquery:
    """Key and value of each record of a table, as it was bound last."""
    latest = _LATEST.bindparams(name=_table_of(mapper).name)
    return latest.columns(key=String, value=String).subquery("bound")


_LATEST = text(
    "SELECT DISTINCT ON (part.key) part.key, part.value FROM trail,"
    " jsonb_each_text(trail.facts -> :name) AS part"
    " WHERE subject = 'binding' AND action = 'bind' AND trail.facts ? :name"
    " ORDER BY part.key, trail.id DESC"
)


def _value_as_bound(mapper: Mapper[Any], lengths: Iterable[int], bound: Any) -> ColumnElement[str]:
    """The hash over as many columns as were hashed when the record was bound."""
    most = len(_bound_columns(mapper))
    counts = {number for number in lengths if number <= most} | {most}
    return case(
        *(
            (
                bound.c.value.startswith(f"{number}:", autoescape=True),
                literal(f"{number}:", String) + _hash_of(mapper, number),
            )
            for number in sorted(counts)
        ),
        else_=literal(f"{most}:", String) + _hash_of(mapper, most),
    )


_LENGTHS = text(
    "SELECT DISTINCT bound.key, split_part(part.value, ':', 1) AS number FROM trail,"
    " jsonb_each(trail.facts) AS bound, jsonb_each_text(bound.value) AS part"
    " WHERE subject = 'binding' AND action = 'bind' AND trail.facts ?| :tables"
    " AND bound.key = ANY(:tables) AND part.value LIKE '%:%' ORDER BY 1, 2"
)
