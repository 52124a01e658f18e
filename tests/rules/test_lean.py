"""A process that answers pages holds nothing that only other processes and rare acts need."""

import ast
import os
import subprocess
import sys
from pathlib import Path

from tests.rules.source import ROOT

ELSEWHERE = {
    "pyhanko": "documents are signed where they are printed",
    "pyhanko_certvalidator": "documents are signed where they are printed",
    "aiohttp": "pyHanko brings it along",
    "weasyprint": "documents are printed by another process",
    "altair": "charts are drawn by another process",
    "vl_convert": "charts are drawn by another process",
    "PIL": "pictures are drawn by another process, and checked when one is uploaded",
    "openpyxl": "workbooks are filled by another process",
    "numpy": "openpyxl brings it along",
    "scipy": "scenarios are found by the worker",
    "fontTools": "typefaces are cut where documents are printed",
    "alembic": "migrations are for the command line",
    "mako": "Alembic brings it along",
    "pypdf": "loaded with the first upload",
    "lxml": "loaded with the first bank statement",
    "sudachipy": "loaded with the first name in Japanese",
    "opencc": "loaded with the first name in Chinese",
    "boto3": "loaded where files lie in a store of that kind",
}
"""Packages of many megabytes, and why a process that answers pages does without them."""

LOOK = f"""
import sys, traceback
from importlib.abc import MetaPathFinder

class Look(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in {set(ELSEWHERE)!r}:
            ours = [f.filename for f in traceback.extract_stack() if "/grants/" in f.filename]
            print(name, ours[-1] if ours else "?")

sys.meta_path.insert(0, Look())
"""
START = "import app"


def brought_in(code: str, folder: Path) -> list[str]:
    """The packages of `ELSEWHERE` that this code loads, and the module of ours that asks."""
    done = subprocess.run(
        [sys.executable, "-c", LOOK + code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_no_process_that_answers_pages_loads_what_others_need(tmp_path: Path) -> None:
    assert brought_in(START, tmp_path) == []


def test_what_loads_too_much_is_named(tmp_path: Path) -> None:
    code = "import grants.platform.pdf_signing.in_memory"
    assert any(
        line.startswith("pyhanko ") and line.endswith("/pdf_signing/in_memory.py")
        for line in brought_in(code, tmp_path)
    )


def rests_on_more_than_a_type(check: ast.expr) -> bool:
    """A check that a process without assertions would miss."""
    match check:
        case ast.Name() | ast.Attribute():
            return False
        case ast.Compare(ops=[ast.IsNot()], comparators=[ast.Constant(None)]):
            return False
        case ast.Call(func=ast.Name("isinstance")):
            return False
    return True


def test_pages_are_answered_without_assertions_so_no_rule_is_one() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "grants").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assert) and rests_on_more_than_a_type(node.test)
    ]
    assert found == []


def test_an_assertion_that_decides_is_named() -> None:
    assert rests_on_more_than_a_type(ast.parse("amount > 0", mode="eval").body)
