"""What the documents say of the code is what the code says."""

import importlib.util
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


@pytest.mark.parametrize("name", ["workflows.md", "roles.md"])
def test_the_drawn_page_is_as_the_code_is(name: str) -> None:
    drawn = _drawer().PAGES[name]()
    kept = (ROOT / "docs" / name).read_text("utf-8")
    assert drawn == kept, "run: .venv/bin/python docs/draw.py"
