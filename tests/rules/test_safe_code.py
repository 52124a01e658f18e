"""What the code never does: run text, build patterns of input, use weak chance or weak hashes."""

import ast
from collections.abc import Iterator

import pytest

from grants.platform.web.fields import EmailField, PasswordField
from grants.platform.web.forms import QueryForm
from tests.rules.source import ROOT, Finder, faults, planted

RUNNERS = {"": {"eval", "exec", "compile"}, "os": {"system", "popen"}, "subprocess": {"getoutput"}}
PATTERNS = {"compile", "search", "match", "fullmatch", "sub", "split", "findall", "finditer"}
DRAWN = "grants/platform/web/lights.py"
"""It draws the same picture each time: nothing there must not be guessed."""
GONE = ("<applet", "<object", "<embed", "<frameset", "<marquee", "application/x-shockwave-flash")


def _name(node: ast.Call) -> tuple[str, str]:
    """(module or object, function) as far as they are written out."""
    match node.func:
        case ast.Attribute(value=ast.Name(id=owner), attr=name):
            return owner, name
        case ast.Attribute(attr=name):
            return "?", name
        case ast.Name(id=name):
            return "", name
    return "", ""


def _calls(tree: ast.Module) -> Iterator[tuple[ast.Call, str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, *_name(node)


def run_text(path: str, tree: ast.Module) -> Iterator[str]:
    """No text becomes code, and no command goes through a shell."""
    for node, owner, name in _calls(tree):
        if name in RUNNERS.get(owner, ()):
            yield f"{path}:{node.lineno}: {name}() runs text"
        if any(word.arg == "shell" for word in node.keywords):
            yield f"{path}:{node.lineno}: a shell reads the command"


def loose_patterns(path: str, tree: ast.Module) -> Iterator[str]:
    """What a function puts into a regular expression is escaped, or a constant of the module."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    inside = ast.Module(list(functions), [])
    for node, owner, name in _calls(inside):
        if owner != "re" or name not in PATTERNS or not isinstance(node.args[0], ast.JoinedStr):
            continue
        for part in node.args[0].values:
            if isinstance(part, ast.FormattedValue) and not _tame(part.value):
                yield f"{path}:{node.lineno}: re.escape() what comes from outside"


def _tame(value: ast.expr) -> bool:
    match value:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr="escape")):
            return True
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.isupper()
    return False


def weak_chance(path: str, tree: ast.Module) -> Iterator[str]:
    """Chance comes from `secrets`, and hashes are of the SHA-2 family."""
    for line in ast.walk(tree):
        match line:
            case ast.Import(names=[ast.alias(name="random")]) if path != DRAWN:
                yield f"{path}:{line.lineno}: use secrets"
            case ast.ImportFrom(module="random"):
                yield f"{path}:{line.lineno}: use secrets"
    for node, owner, name in _calls(tree):
        if owner == "hashlib" and name in {"md5", "sha1"}:
            yield f"{path}:{node.lineno}: hashlib.{name}"


RULES: list[tuple[Finder, str]] = [
    (run_text, "eval(typed)"),
    (run_text, "os.system('ls ' + name)"),
    (run_text, "subprocess.run(f'ls {name}', shell=True)"),
    (loose_patterns, "def find(typed: str) -> None: re.search(f'^{typed}', text)"),
    (weak_chance, "import random"),
    (weak_chance, "hashlib.md5(content)"),
]


@pytest.mark.parametrize("finder", {finder for finder, _fault in RULES})
def test_the_code_keeps_to_what_is_safe(finder: Finder) -> None:
    assert faults(finder) == []


def test_each_rule_catches_a_planted_fault() -> None:
    assert all(planted(finder, fault) for finder, fault in RULES)


def test_templates_use_nothing_that_browsers_have_given_up() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text().lower()
        assert not [tag for tag in GONE if tag in text], path


def test_no_form_puts_an_address_or_a_passphrase_into_the_url() -> None:
    forms = [QueryForm]
    for form in forms:
        forms.extend(form.__subclasses__())
    assert len(forms) > 10
    for form in forms:
        kinds = [getattr(getattr(form, name), "field_class", object) for name in dir(form)]
        assert not [kind for kind in kinds if issubclass(kind, EmailField | PasswordField)], form
