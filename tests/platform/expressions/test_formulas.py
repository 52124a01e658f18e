"""A formula comes to the same on the server and in the browser, for any cells."""

import json
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from grants.platform.expressions.formulas import as_steps, computed, is_formula, rounded
from grants.platform.expressions.nodes import AnswerTo, Literal, Node, Product, Sum
from grants.platform.expressions.parse import parse

ASSETS = Path(__file__).parents[3] / "grants" / "platform" / "web" / "assets"
NAMES = ("a", "b", "c")
numbers = st.fractions(-1000, 1000, max_denominator=200)
cells = st.fixed_dictionaries({name: st.none() | numbers for name in NAMES})


def _joined(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    def pairs(signs: str) -> st.SearchStrategy[tuple[tuple[str, Node], ...]]:
        pair = st.tuples(st.sampled_from(signs), parts)
        return st.lists(pair, min_size=1, max_size=3).map(tuple)

    return st.builds(Sum, pairs("+-")) | st.builds(Product, pairs("*/"))


formulas = st.recursive(
    st.builds(AnswerTo, st.sampled_from(NAMES)) | st.builds(Literal, numbers), _joined, max_leaves=6
)

SCRIPT = """
import { computed, rounded } from "%s";
import { readFileSync } from "node:fs";
const cases = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(cases.map(({ node, cells, places }) => {
  const value = computed(node, (name) => (cells[name] ? cells[name].map(BigInt) : null));
  return value === null ? null : String(rounded(value, places));
})));
"""


def _case(node: Node, row: dict[str, Fraction | None], places: int) -> dict[str, object]:
    written = {
        name: None if value is None else [str(value.numerator), str(value.denominator)]
        for name, value in row.items()
    }
    names = {name: name for name in NAMES}
    return {"node": as_steps(node, names), "cells": written, "places": places}


NODE = shutil.which("node") or ""


@pytest.mark.skipif(not NODE, reason="node runs the browser's half")
def test_the_browser_and_the_server_come_to_the_same(tmp_path: Path) -> None:
    cases: list[dict[str, object]] = []
    expected: list[str | None] = []

    @settings(max_examples=300, phases=(Phase.generate,), database=None)
    @given(formulas, cells, st.integers(0, 4))
    def gather(node: Node, row: dict[str, Fraction | None], places: int) -> None:
        value = computed(node, row)
        cases.append(_case(node, row, places))
        whole = None if value is None else rounded(value, places).scaleb(places)
        expected.append(None if whole is None else str(int(whole)))

    gather()
    module = tmp_path / "formulas.mjs"
    module.write_text((ASSETS / "formulas.js").read_text("utf-8"), "utf-8")
    (tmp_path / "run.mjs").write_text(SCRIPT % module, "utf-8")
    ran = subprocess.run(
        [NODE, tmp_path / "run.mjs"],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ran.stdout) == expected


def test_an_empty_cell_counts_as_nothing_in_a_sum_and_stops_a_product() -> None:
    row = {"a": Fraction(5), "b": None, "c": Fraction(0)}
    sums = {
        text: computed(parse(text), row) for text in ("a + b", "b + b", "b + 2", "2 * b", "a / c")
    }
    assert sums == {"a + b": 5, "b + b": None, "b + 2": None, "2 * b": None, "a / c": None}
    assert str(rounded(Fraction(5, 200), 2)) == "0.02"
    assert is_formula(parse("(a + 2) * -b / 3"))
    assert not is_formula(parse("a + total(b)"))
    assert not is_formula(parse("a < 3"))
