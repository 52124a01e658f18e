"""What the code never does: run text, build patterns of input, use weak chance or weak hashes."""

import ast
import re
from collections.abc import Iterator

import pytest
import wtforms
from werkzeug.datastructures import MultiDict

from grants.platform.forms.fields import EmailField, PasswordField, WebField
from grants.platform.forms.forms import QueryForm
from tests.rules.source import ROOT, Finder, faults, planted

RUNNERS = {"": {"eval", "exec", "compile"}, "os": {"system", "popen"}, "subprocess": {"getoutput"}}
PATTERNS = {"compile", "search", "match", "fullmatch", "sub", "split", "findall", "finditer"}
DRAWN = "grants/platform/charts/lights.py"
"""It draws the same picture each time: nothing there must not be guessed."""
LISTED = "grants/core/people/breached.py"
"""It looks in a published list, which is of SHA-1."""
TRIED = {"argon2", "authlib", "cryptography", "joserfc", "pyhanko", "pyotp", "webauthn"}
"""Libraries that encrypt, sign and verify for us, beside Python's own `ssl`, `hmac`, `hashlib`."""
OTHERS = {"Crypto", "Cryptodome", "ecdsa", "jose", "jwt", "M2Crypto", "nacl", "OpenSSL", "rsa"}
"""Libraries that do it too."""
RAW = {
    "AES",
    "ARC4",
    "Blowfish",
    "CBC",
    "CFB",
    "Cipher",
    "CTR",
    "DES",
    "ECB",
    "PKCS1v15",
    "TripleDES",
}
"""Ciphers, modes and paddings that are put together by hand."""
SIGNING = "grants/platform/pdf_signing/in_memory.py"
"""An RSA key from outside signs as readers of PDF expect, with PKCS#1 v1.5; it encrypts nothing."""
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
        if owner == "hashlib" and name in {"md5", "sha1"} and path != LISTED:
            yield f"{path}:{node.lineno}: hashlib.{name}"


def formats_from_outside(path: str, tree: ast.Module) -> Iterator[str]:
    """What `format()` and `%` fill in is written in the code, or translated from it."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=text, attr="format" | "format_map")):
                if not _written_here(text):
                    yield f"{path}:{node.lineno}: {ast.unparse(text)} may come from outside"
            case ast.BinOp(left=ast.Name(), op=ast.Mod(), right=ast.Tuple() | ast.Dict()):
                yield f"{path}:{node.lineno}: a constant stands before %"


def _written_here(text: ast.expr) -> bool:
    """A constant, one of the module, one in Markup, or one of a table of our own."""
    match text:
        case ast.Constant():
            return True
        case ast.Call(func=ast.Name(id="Markup"), args=[ast.Constant() | ast.JoinedStr()]):
            return True
        case ast.Name(id=name):
            return name.isupper() or name == "instead"
    return False


def ciphers_of_our_own(path: str, tree: ast.Module) -> Iterator[str]:
    """Encryption and signatures come from tried libraries, and whole: Fernet, Ed25519, CMS."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module)):
                roots, names = {module.split(".")[0]}, {alias.name for alias in node.names}
            case ast.Import():
                roots, names = {alias.name.split(".")[0] for alias in node.names}, set()
            case ast.Attribute(attr=name):
                roots, names = set(), {name}
            case _:
                continue
        if roots & OTHERS:
            yield f"{path}:{node.lineno}: use one of {', '.join(sorted(TRIED))}"
        if names & RAW and path != SIGNING:
            yield f"{path}:{node.lineno}: {', '.join(names & RAW)} is put together by hand"


RULES: list[tuple[Finder, str]] = [
    (run_text, "eval(typed)"),
    (run_text, "os.system('ls ' + name)"),
    (run_text, "subprocess.run(f'ls {name}', shell=True)"),
    (loose_patterns, "def find(typed: str) -> None: re.search(f'^{typed}', text)"),
    (weak_chance, "import random"),
    (weak_chance, "hashlib.md5(content)"),
    (formats_from_outside, "typed.format(person=person)"),
    (formats_from_outside, "typed % (name,)"),
    (ciphers_of_our_own, "from Crypto.Cipher import AES"),
    (ciphers_of_our_own, "import jwt"),
    (ciphers_of_our_own, "Cipher(algorithms.AES(key), modes.ECB())"),
]


@pytest.mark.parametrize("finder", dict.fromkeys(finder for finder, _fault in RULES))
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


def test_addresses_that_people_give_lead_to_web_sites_alone() -> None:
    """And what is put into an address of ours is encoded on its way."""
    for typed in ("javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd"):
        form = _WebForm(MultiDict({"site": typed}))
        assert not form.validate(), typed
    form = _WebForm(MultiDict({"site": "www.example.org/a?b=c"}))
    assert form.validate()
    assert form.site.data == "https://www.example.org/a?b=c"
    for path in (ROOT / "templates").rglob("*.html"):
        glued = GLUED.search(path.read_text())
        assert not glued, f"{path}: url_for() or |urlencode what comes from outside"
    assert GLUED.search('<a href="/find?q={{ typed }}">')


GLUED = re.compile(r"""href=["'][^"'{]*\?[^"'{]*\{\{(?!.*urlencode)""")
"""A value that is put behind the question mark of an address as it is."""


class _WebForm(wtforms.Form):
    site = WebField("Site")


def test_scripts_write_to_no_name_that_comes_from_outside() -> None:
    """So no answer of the server and no copy on the device gives an object another prototype."""
    written = re.compile(r"\w\[(?!at\])[A-Za-z_.]+\]\s*=[^=]|__proto__|Object\.assign\([^)]*JSON")
    for path in (ROOT / "grants/platform/web/assets").glob("*.js"):
        assert not written.search(path.read_text()), path
    assert written.search("kept[name] = value")
    assert written.search("Object.assign(kept, JSON.parse(text))")
