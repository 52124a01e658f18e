"""Asking for every kind at once: what the text may mean in two questions, and all that is found in
one; a reference typed whole in one more.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from sqlalchemy import JSON, ColumnElement, CompoundSelect, Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from grants.applying.application_search.finding import called as applications_called
from grants.applying.applications.models import Application
from grants.core.database.typed import any_typed
from grants.core.database.words import any_numbers
from grants.core.people.queries import any_organisations_called
from grants.core.people.viewer import Viewer
from grants.desk.search.kinds import KINDS, Kind, SearchQuestion
from grants.desk.search.meaning import ORGANISATIONS, Sense, meaning_of

SHOWN = 6
"""Of each kind; the rest is one link away, in its list."""


@dataclass(frozen=True, slots=True)
class Hit:
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
    found: Sequence[Hit]
    more: bool


def found_by(session: Session, viewer: Viewer, text: str) -> Iterator[Group]:
    """What this person finds, in the order of the kinds; a kind without results is left out."""
    kinds = [kind for kind in KINDS if viewer.may(kind.permission)]
    names = tuple(kind.name for kind in kinds)
    meaning = meaning_of(session, text, names)
    search = _search_of(viewer, meaning.sense)
    records_by_kind = _ask_kinds(session, search, names, meaning.values)
    # of a kind with more the one with this very reference may be an older one
    full = tuple(
        name for name in names if len(records_by_kind[name]) > SHOWN and name in meaning.referred
    )
    exact = _ask_kinds(session, search, full, meaning.values, whole=True)
    for kind in kinds:
        records = records_by_kind[kind.name]
        if records:
            first = exact.get(kind.name, {}) | records
            results = [Hit(kind, facts) for facts in [*first.values()][:SHOWN]]
            yield Group(kind, results, len(records) > SHOWN)


def _ask_kinds(
    session: Session,
    search: SearchQuestion,
    names: tuple[str, ...],
    values: Mapping[str, Any],
    *,
    whole: bool = False,
) -> dict[str, dict[int, tuple[Any, ...]]]:
    """What each of these kinds finds by its numbers, the latest first."""
    records: dict[str, dict[int, tuple[Any, ...]]] = {name: {} for name in names}
    if names:
        rows = session.execute(question(search, names, whole=whole), values).all()
        for name, key, facts in sorted(rows, key=lambda row: -row[1]):
            records[name][key] = tuple(facts)
    return records


def question(search: SearchQuestion, names: tuple[str, ...], *, whole: bool) -> CompoundSelect[Any]:
    """The newest records of these kinds, or those of which the text is the `whole` reference."""
    kinds = [kind for kind in KINDS if kind.name in names]
    queries = [kind.find(search) for kind in kinds]
    if not whole:
        return union_all(*map(_read_facts, kinds, queries, repeat(SHOWN + 1)))
    exact = [
        query.where(kind.reference_is(search.text))
        for kind, query in zip(kinds, queries, strict=True)
    ]
    return union_all(*map(_read_facts, kinds, exact, repeat(1)))


def _search_of(viewer: Viewer, sense: Sense) -> SearchQuestion:
    called = any_numbers(ORGANISATIONS)
    if ORGANISATIONS in sense.many:
        called = any_organisations_called(by_words=sense.by_words)
    text = any_typed(by_words=sense.by_words)
    applications = text.starts_number(Application.reference)
    if not sense.number:
        applications = Application.id.in_(select(applications_called(text).cte().c.id))
    return SearchQuestion(
        viewer,
        text,
        called,
        applications,
        {
            kind.name: None if kind.name in sense.many else any_numbers(kind.name)
            for kind in KINDS
            if kind.naming
        },
    )


def _read_facts(kind: Kind, query: Select[Any], most: int) -> Select[Any]:
    """The facts of the newest records, behind their kind and the number they are ordered by."""
    read = kind.join(query).with_only_columns(*_COLUMNS[kind.name], maintain_column_froms=True)
    return read.order_by(None).order_by(kind.key.desc()).limit(most)


_COLUMNS: Mapping[str, Sequence[ColumnElement[Any]]] = {
    kind.name: (
        literal(kind.name).label("kind"),
        kind.key.label("key"),
        func.json_build_array(*kind.facts, type_=JSON).label("facts"),
    )
    for kind in KINDS
}
