"""Whatever a module defines is used by the application, not by its tests alone."""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from tests.rules.source import ROOT, modules

BY_NAME = {
    "grants/forked.py": "gunicorn calls its functions by their names",
    "grants/receiving.py": "gunicorn is given the name of its class",
}
"""Modules whose names are used from outside."""
FOR_OTHERS = {
    "grants/assembly.py": {"JOBS"},  # imported for what they register
    "grants/banking/matching/unmatched.py": {"unmatched_postings"},  # tests ask for all of them
    "grants/desk/merging/parts.py": {"ELSEWHERE"},  # why a table is in no other list
    "grants/platform/layout/gallery.py": {"FRAME"},  # tests draw its pages without an application
    "grants/platform/web/again.py": {"shows_ask"},  # the rule on pages that ask again
}
"""What nothing in the application uses, and why it stands there."""


def defined(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """The functions, classes and constants of a module, but those that a decorator registers."""
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) if not node.decorator_list:
                yield name, node.lineno
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                yield name, node.lineno


def unused(trees: Mapping[str, ast.Module], texts: str) -> list[str]:
    """What is named once in all these texts: where it is defined."""
    uses = Counter(re.findall(r"\w+", texts))
    return [
        f"{path}:{line}: nothing uses {name}"
        for path, tree in trees.items()
        if path not in BY_NAME
        for name, line in defined(tree)
        if uses[name] <= 1 and name not in FOR_OTHERS.get(path, ())
    ]


def texts() -> str:
    """The application's modules, templates and migrations, and the seeds of the demonstration."""
    paths = [
        path
        for folder in ("grants", "templates", "seeds", "migrations")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".html", ".txt", ".xml"}
    ]
    return "\n".join(path.read_text("utf-8") for path in [*paths, ROOT / "app.py"])


def test_everything_that_is_defined_is_used() -> None:
    assert unused(modules(), texts()) == [], "delete it, with the tests that alone use it"


def test_what_nothing_uses_is_told() -> None:
    tree = ast.parse("MOST = 3\ndef count_pledges() -> int: ...\nclass Note: ...")
    text = "MOST = 3\ndef count_pledges() -> int: return MOST\nclass Note: ..."
    assert unused({"grants/giving/notes.py": tree}, text) == [
        "grants/giving/notes.py:2: nothing uses count_pledges",
        "grants/giving/notes.py:3: nothing uses Note",
    ]
