"""Each act has a test."""

import ast
from collections.abc import Iterator, Mapping

import pytest

from tests.rules import source
from tests.rules.calls import is_act

TESTED_BY_A_PAGE = {
    "cast_if_new": "deciding/sessions/test_pages.py",
    "end_link": "platform/signin/test_provider.py",
    "invite_contact": "giving/pledges/test_pages.py",
    "put_picture": "desk/fund_setup/test_pictures.py",
    "remove_picture": "desk/fund_setup/test_pictures.py",
    "sign_out_everywhere": "platform/staff/test_telling.py",
    "stop_gift": "giving/cards/mandates/test_pages.py",
    "take_back_loss": "platform/signin/test_losing.py",
    "take_rates": "books/periods/test_commands.py",
    "translate_form": "applying/builder/test_translating.py",
    "translate_call": "applying/builder/test_builder.py",
    "set_columns": "platform/lists/test_setting_up.py",
    "delete_view": "platform/lists/test_setting_up.py",
    "add_app": "platform/signin/test_factors.py",
    "end_factor": "platform/signin/test_factors.py",
    "go_on": "fundraising/appeals/test_pages.py",
    "pledge_as_new_donor": "giving/pledging/test_wizard.py",
}
"""Acts that no test calls by their name, and where a page does."""
TABLES = ("act_exceptions.py", "test_guarded_acts.py")
"""They name acts in tables, and test none of them."""


def acts_without_a_test() -> Iterator[str]:
    """Acts, in whatever file, that no test names, nor what does them in its turn."""
    users: dict[str, set[str]] = {}
    for path, tree in source.modules().items():
        if not path.endswith("views.py"):
            for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
                for name in _names_used(function):
                    users.setdefault(name, set()).add(function.name)
    tested = names_in_tests(users)
    for path, tree in source.modules().items():
        for node in tree.body:
            if is_act(node) and node.name not in tested | TESTED_BY_A_PAGE.keys():
                yield f"{path}:{node.lineno}: no test names the act {node.name}"


def names_in_tests(users: Mapping[str, set[str]]) -> set[str]:
    """The functions that tests name, and what these use in their turn."""
    tests = (path for path in (source.ROOT / "tests").rglob("*.py") if path.name not in TABLES)
    tested = {name for path in tests for name in _names_used(ast.parse(path.read_text("utf-8")))}
    while more := {name for name, by in users.items() if name not in tested and by & tested}:
        tested |= more
    return tested


def _names_used(tree: ast.AST) -> Iterator[str]:
    """Names that code uses: not words in its texts, nor what is merely bound or imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr


def test_each_act_has_a_test() -> None:
    assert list(acts_without_a_test()) == [], "write one; the docstring of the act says what for"


def test_an_act_without_a_test_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    act = "forget_" + "everything"
    assert "hold" not in _names_used(ast.parse("reason = 'on hold'; hold = 3"))
    planted_act = ast.parse(f"def {act}(session: Session, act: Act) -> None: ...")
    path = "grants/giving/pledges/service.py"
    monkeypatch.setattr(source, "modules", lambda: {path: planted_act})
    assert [fault.rpartition(" ")[2] for fault in acts_without_a_test()] == [act]
