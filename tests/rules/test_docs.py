"""What the documents say of the code is what the code says."""

import ast
import importlib.util
import re
from types import ModuleType

import pytest

from tests.rules.source import ROOT


def _drawer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("draw", ROOT / "docs" / "draw.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["workflows.md", "roles.md", "house.md"])
def test_the_drawn_page_is_as_the_code_is(name: str) -> None:
    drawn = _drawer().PAGES[name]()
    kept = (ROOT / "docs" / name).read_text("utf-8")
    assert drawn == kept, "run: .venv/bin/python docs/draw.py"


STOP = re.compile(r"^\| \d+\. [^|]+ \| `(?P<file>[^`]+)` \|(?P<names>[^|]*)\|$", re.MULTILINE)


def _missing(page: str) -> list[str]:
    """The stops of the walks whose file or function is not there."""
    missing = []
    for stop in STOP.finditer(page):
        path = ROOT / stop["file"]
        defined = {
            node.name
            for node in ast.walk(ast.parse(path.read_text("utf-8") if path.exists() else ""))
            if isinstance(node, ast.FunctionDef)
        }
        names = re.findall(r"`([^`]+)`", stop["names"])
        missing += [f"{stop['file']} {name}" for name in names or [""] if not path.exists()]
        missing += [f"{stop['file']} {name}" for name in names if name not in defined]
    return missing


def test_each_stop_of_a_walk_is_a_file_and_its_functions() -> None:
    page = (ROOT / "docs" / "house.md").read_text("utf-8")
    assert len(STOP.findall(page)) == len(re.findall(r"^\| \d+\. ", page, re.MULTILINE)) > 25
    assert _missing(page) == []


def test_a_stop_that_is_gone_is_noticed() -> None:
    gone = "| 1. Nowhere | `grants/core/kernel/clock.py` | `tomorrow` |"
    assert _missing(gone) == ["grants/core/kernel/clock.py tomorrow"]
    assert _missing("| 1. Nowhere | `grants/core/kernel/cloud.py` | |")
