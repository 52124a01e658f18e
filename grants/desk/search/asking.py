"""Asking for every kind at once: what the text may mean in two questions, and all that is found in
one; a reference typed whole in one more.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, ColumnElement, Select, false, func, literal, union_all
from sqlalchemy.orm import Session

from grants.applying.applications.finding import fits
from grants.core.kernel.words import conditions
from grants.core.people.viewer import Viewer
from grants.desk.search.kinds import KINDS, Asked, Kind

SHOWN = 6
"""Of each kind; the rest is one link away, in its list."""


@dataclass(frozen=True, slots=True)
class Found:
    """A record that was found, by its facts."""

    kind: Kind
    facts: tuple[Any, ...]

    @property
    def reference(self) -> str:
        return self.kind.reference(*self.facts)

    @property
    def name(self) -> str:
        return self.kind.shown(*self.facts)

    @property
    def page(self) -> str:
        return self.kind.page(*self.facts)

    @property
    def note(self) -> str:
        return self.kind.note(*self.facts)


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind."""

    kind: Kind
    found: Sequence[Found]
    more: bool


def found_by(session: Session, viewer: Viewer, text: str) -> Iterator[Group]:
    """What this person finds, in the order of the kinds; a kind without results is left out."""
    kinds = [kind for kind in KINDS if viewer.may(kind.permission)]
    queries, values = _queries(session, viewer, text, kinds)
    newest = [_read(kind, queries[kind.name], SHOWN + 1) for kind in kinds]
    found = _ask(session, kinds, newest, values)
    # of a kind with more the one with this very reference may be an older one
    full = [kind for kind in kinds if len(found[kind.name]) > SHOWN]
    typed = [kind.facts[0].in_((text, text.upper())) for kind in full]
    whole = [
        _read(kind, queries[kind.name].where(said), 1)
        for kind, said in zip(full, typed, strict=True)
    ]
    exact = _ask(session, full, whole, values)
    for kind in kinds:
        records = found[kind.name]
        if records:
            first = exact.get(kind.name, {}) | records
            shown = [Found(kind, facts) for facts in [*first.values()][:SHOWN]]
            yield Group(kind, shown, len(records) > SHOWN)


def _queries(
    session: Session, viewer: Viewer, text: str, kinds: Sequence[Kind]
) -> tuple[Mapping[str, Select[Any]], Mapping[str, Any]]:
    """The query of each kind, and the values that they are given."""
    called: ColumnElement[bool] = false()
    values: Mapping[str, Any] = {}
    if any(kind.by_applications for kind in kinds):
        called, values = fits(session, text)
    asking = {kind.name: kind.beforehand(text) for kind in kinds if kind.beforehand}
    first = dict(zip(asking, conditions(session, *asking.values()), strict=True))
    asked = Asked(viewer, text, called, first)
    return {kind.name: kind.find(asked) for kind in kinds}, values


def _read(kind: Kind, query: Select[Any], most: int) -> Select[Any]:
    """The facts of the newest records, behind their kind and the number they are ordered by."""
    facts = func.json_build_array(*kind.facts, type_=JSON).label("facts")
    name = literal(kind.name).label("kind")
    read = kind.join(query).with_only_columns(
        name, kind.key.label("key"), facts, maintain_column_froms=True
    )
    return read.order_by(None).order_by(kind.key.desc()).limit(most)


def _ask(
    session: Session,
    kinds: Sequence[Kind],
    queries: Sequence[Select[Any]],
    values: Mapping[str, Any],
) -> dict[str, dict[int, tuple[Any, ...]]]:
    """What each kind finds by its numbers, the latest first."""
    found: dict[str, dict[int, tuple[Any, ...]]] = {kind.name: {} for kind in kinds}
    if queries:
        rows = session.execute(union_all(*queries), values).all()
        for name, key, facts in sorted(rows, key=lambda row: -row[1]):
            found[name][key] = tuple(facts)
    return found
