"""Whatever a room brings is taken up: no page, job or check is written and then forgotten."""

import ast
import importlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from grants import assembly, create_app
from grants.applying.applications import queries as applications
from grants.books.ledger import verify
from grants.config import Settings
from grants.core.kernel.slots import Slot, Unfilled
from tests.rules.source import modules

ALONE = {
    "grants.machine": "the Makefile runs it, before the packages are there",
    "grants.receiving": "gunicorn is given its name, to serve with",
    "grants.platform.web.assets.build": "the Makefile runs it, to build styles and scripts",
    "grants.platform.web.assets.letters": "the one above runs it, for the fonts",
    "grants.platform.web.assets.land": "build runs it, for the map",
}
"""Modules that no other module imports, and why."""


def _name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _imported(tree: ast.Module) -> Iterable[str]:
    """Names of modules that a module may import, at once or later; each with its packages."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield module
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.Constant(value=str(text)) if text.startswith("grants."):
                yield text.partition(":")[0]


def unreached(trees: Mapping[str, ast.Module], *start: str) -> set[str]:
    """Modules that nothing leads to from the start."""
    known = {_name(path): tree for path, tree in trees.items()}
    reached: set[str] = set()
    waiting = {*start, *(name.rpartition(".")[0] for name in start)} & known.keys()
    while waiting:
        name = waiting.pop()
        reached.add(name)
        found = {module for module in _imported(known[name]) if module in known}
        found |= {module.rpartition(".")[0] for module in found} & known.keys()
        waiting |= found - reached
    return set(known) - reached


def blueprints(trees: Mapping[str, ast.Module]) -> set[str]:
    """The names of all blueprints in the source."""
    return {
        str(ast.literal_eval(node.args[0]))
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Blueprint"
    }


START = (
    "grants.assembly",
    *(room.__name__ for room in (*assembly.VIEWS, *assembly.JOBS, *assembly.CHECKED)),
)
"""What the assembly imports, by its own lines or by the names of files."""


def test_something_leads_to_every_module() -> None:
    forgotten = unreached(modules(), *START) - {"grants"}
    assert forgotten == set(ALONE), "pages stand in views.py or *_views.py, jobs in jobs.py"


def test_a_module_that_nobody_imports_is_told() -> None:
    trees = {**modules(), "grants/giving/pledges/forgotten.py": ast.parse("from grants import x")}
    assert "grants.giving.pledges.forgotten" in unreached(trees, *START)


def test_a_file_is_taken_up_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("views.py", "note_views.py", "dates/views.py", "review.py"):
        path = tmp_path / "grants" / "giving" / "notes" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    monkeypatch.setattr(assembly, "ROOT", tmp_path)
    monkeypatch.setattr(assembly, "import_module", ModuleType)
    notes = "grants.giving.notes"
    assert [module.__name__ for module in assembly.modules_named("views.py", "*_views.py")] == [
        f"{notes}.dates.views",
        f"{notes}.note_views",
        f"{notes}.views",
    ]


def test_every_blueprint_is_registered(app: Flask) -> None:
    forgotten = blueprints(modules()) - set(app.blueprints)
    assert forgotten == set(), "call it `pages`, in a file views.py or *_views.py of its room"


def test_a_blueprint_that_is_not_registered_is_told(app: Flask) -> None:
    trees = {"grants/giving/notes/views.py": ast.parse("pages = Blueprint('notes', __name__)")}
    assert blueprints(trees) - set(app.blueprints) == {"notes"}


def _left_out(rooms: Iterable[object]) -> list[str]:
    """Checks and triggers of rooms that `ledger verify` does not ask for."""
    known = {*verify.CHECKS, *verify.TRIGGERS}
    return [
        str(item)
        for room in rooms
        for item in (*getattr(room, "CHECKS", ()), *getattr(room, "TRIGGERS", {}).items())
        if item not in known
    ]


def test_ledger_verify_asks_for_the_checks_of_every_room() -> None:
    paths = [path for path in modules() if path.endswith("/verify.py")]
    rooms = [importlib.import_module(_name(path)) for path in paths]
    rooms.remove(verify)
    assert len(rooms) > 5
    assert _left_out(rooms) == []


def test_a_room_whose_checks_are_not_asked_for_is_told() -> None:
    assert _left_out([SimpleNamespace(CHECKS=["notes_are_signed"], TRIGGERS={"note": "note"})]) == [
        "notes_are_signed",
        "('note', 'note')",
    ]


def test_the_application_does_not_start_without_the_conflicts_of_interest(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, base_url="http://localhost", testing=True)
    forgotten = Slot[Any]("applications.queries.BARS")
    monkeypatch.setattr(forgotten, "give", lambda *_given: None)
    monkeypatch.setattr(applications, "BARS", forgotten)
    with pytest.raises(Unfilled, match=r"applications\.queries\.BARS is not filled"):
        create_app(settings)
