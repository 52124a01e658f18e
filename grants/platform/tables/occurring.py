"""Filters offer what occurs in their list, and nothing else."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    Select,
    String,
    column,
    exists,
    func,
    literal,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from grants.platform.forms.fields import SelectField
from grants.platform.forms.forms import QueryForm


def offer_occurring(
    session: Session, form: QueryForm, records: Select[Any], **columns: InstrumentedAttribute[Any]
) -> None:
    """Let a filter's questions offer the values that occur among `records`, each by its column.

    What no column can hold ("not finished", "overdue") and what is chosen stay. One question to
    the database, answered from an index where there is one.
    """
    fields = {name: form.question(name) for name in columns}
    values = {
        name: _values_of(field, columns[name])
        for name, field in fields.items()
        if isinstance(field, SelectField)
    }
    parts = [
        _values_occurring(records, columns[name], name, able)
        for name, able in values.items()
        if able
    ]
    occurring = {tuple(row) for row in session.execute(union_all(*parts))} if parts else set()
    for name, field in fields.items():
        assert isinstance(field, SelectField)
        keep = {value for key, value in occurring if key == name} | {field.text}
        field.choices = [
            option for option in field.options if option[0] in keep or option[0] not in values[name]
        ]


def _values_of(field: SelectField, column: InstrumentedAttribute[Any]) -> list[str]:
    """The values that are offered and that the column can hold."""
    able = {str(member.value) for member in getattr(column.type, "enum_class", None) or ()}
    return [value for value, _label, _hint in field.options if not able or value in able]


def _values_occurring(
    records: Select[Any], fact: InstrumentedAttribute[Any], name: str, values: list[str]
) -> Select[str, str]:
    offered = func.unnest(literal(values, ARRAY(String))).table_valued(column("value", String))
    offered = offered.render_derived()
    value = offered.c.value
    among = records.with_only_columns(literal(1), maintain_column_froms=True).order_by(None)
    is_there = exists(among.where(type_coerce(fact, String) == value).correlate(offered))
    return select(literal(name), value).where(is_there)
