"""The project's own source, parsed once, and the faults that rules look for in it.

Each finder takes one module's path and syntax tree and yields `path:line: what is wrong`; so a
test can hand it planted faults as well as the real code.
"""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from grants.core.people.permissions import OUTSIDE, Role

ROOT = Path(__file__).parent.parent.parent
Finder = Callable[[str, ast.Module], Iterator[str]]


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the application by its path from the root."""
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text("utf-8"))
        for path in sorted((ROOT / "grants").rglob("*.py"))
    }


def faults(finder: Finder) -> list[str]:
    """What a finder finds in the whole application."""
    return [fault for path, tree in modules().items() for fault in finder(path, tree)]


def planted(
    finder: Finder, source: str, path: str = "grants/giving/pledges/service.py"
) -> list[str]:
    """What a finder finds in a piece of code that was written to be wrong."""
    return list(finder(path, ast.parse(source)))


def state_writes(path: str, tree: ast.Module) -> Iterator[str]:
    """Only grants/core/audit/advance.py assigns `.state`."""
    if path == "grants/core/audit/advance.py":
        return
    for node in ast.walk(tree):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign | ast.AugAssign):
            targets = [node.target]
        for target in targets:
            if isinstance(target, ast.Attribute) and target.attr == "state":
                yield f"{path}:{target.lineno}: assigns .state; call advance()"
        if isinstance(node, ast.Call) and _sets_state(node):
            yield f"{path}:{node.lineno}: sets the state; call advance()"


def _called(node: ast.Call) -> str:
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _sets_state(node: ast.Call) -> bool:
    """setattr(…, "state", …), or an UPDATE with .values(state=…)."""
    if _called(node) == "values":
        return any(keyword.arg == "state" for keyword in node.keywords)
    return _called(node) == "setattr" and any(
        isinstance(part, ast.Constant) and part.value == "state" for part in node.args
    )


def lists_of_all_funds(path: str, tree: ast.Module) -> Iterator[str]:
    """A list is about the fund in which the person works: its query is asked for at_work()."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) == "of" and node.args:
            asked = ast.unparse(node)
            if ast.unparse(node.args[0]) == "session()" and "viewer()" in asked:
                yield f"{path}:{node.lineno}: the list ignores the chosen fund; ask for at_work()"


WEB = {"flask", "flask_login", "flask_wtf", "weasyprint", "werkzeug", "wtforms"}


def web_beside_acts(path: str, tree: ast.Module) -> Iterator[str]:
    """A person who is handed a session knows no request, whatever the module is called."""
    handed = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and any(a.annotation and ast.unparse(a.annotation) == "Session" for a in node.args.args)
    ]
    if not handed:
        return
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                told = [name.name for name in names]
            case ast.ImportFrom(module=str(module)):
                told = [module]
            case _:
                continue
        if any(name.split(".")[0] in WEB for name in told):
            yield f"{path}:{node.lineno}: the web beside {handed[0]}(); an act needs no request"


DOCUMENTED = {"_asdict", "_fields", "_make", "_mapping", "_replace", "_value_"} | {
    "_get_current_object",  # Werkzeug's proxies
    "_Element",  # lxml has no other name for the type
}
"""Names with an underscore that a library documents: of named tuples, rows and enumerations."""
WITHOUT_ANOTHER_WAY = {
    ("grants/core/database/embedded.py", "_lock"),  # a fault of the wheel: one lock for all people
    ("grants/papers/printing/press/process.py", "_forkserver"),
    ("grants/papers/printing/press/process.py", "_forkserver_pid"),
    ("grants/papers/typesetting/pdf.py", "_config"),  # WeasyPrint: no font of the machine
}


def private_names(path: str, tree: ast.Module) -> Iterator[str]:
    """A private name of a library may be gone, or mean something else, after any update."""
    libraries = _libraries(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                parts = [part for name in names for part in name.name.split(".")]
            case ast.ImportFrom(module=str(module), names=names, level=0):
                ours = module.split(".")[0] == "grants"
                parts = [] if ours else [*module.split("."), *(name.name for name in names)]
            case ast.Attribute(attr=attribute):
                own = attribute in own_names() and _root(node) not in libraries
                parts = [] if own else [attribute]
            case _:
                continue
        for part in parts:
            private = part.startswith("_") and not part.startswith("__")
            if private and part not in DOCUMENTED and (path, part) not in WITHOUT_ANOTHER_WAY:
                yield f"{path}:{node.lineno}: {part} is a private name of a library"


def _libraries(tree: ast.Module) -> set[str]:
    """The names under which a module knows what it imports from libraries."""
    found = set[str]()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found |= {(name.asname or name.name).split(".")[0] for name in names}
            case ast.ImportFrom(module=str(module), names=names) if module[:7] != "grants.":
                found |= {name.asname or name.name for name in names}
    return found - {"grants"}


def _root(node: ast.expr) -> str:
    """The name with which a chain of attributes begins."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


@cache
def own_names() -> frozenset[str]:
    """Every name with an underscore that the application defines or assigns itself."""
    names = set()
    for tree in modules().values():
        for node in ast.walk(tree):
            match node:
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    names.add(name)
                case ast.Name(id=name, ctx=ast.Store()):
                    names.add(name)
                case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                    names.add(name)
    return frozenset(names)


def commits(path: str, tree: ast.Module) -> Iterator[str]:
    """Only two files of the kernel commit."""
    if path in ("grants/core/database/db.py", "grants/core/database/connections.py"):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) == "commit":
            yield f"{path}:{node.lineno}: commits; use transaction()"


def environment_reads(path: str, tree: ast.Module) -> Iterator[str]:
    """Only grants/config.py reads the environment (machine.py runs before there is one)."""
    if path in ("grants/config.py", "grants/machine.py"):
        return
    readers = {"environ", "getenv"}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute) and ast.unparse(node) in {f"os.{r}" for r in readers}
        ) or (
            isinstance(node, ast.ImportFrom)
            and node.module == "os"
            and readers & {name.name for name in node.names}
        ):
            yield f"{path}:{node.lineno}: reads the environment; put it into Settings"


def clock_reads(path: str, tree: ast.Module) -> Iterator[str]:
    """Only kernel/clock.py asks what time it is."""
    if path == "grants/core/kernel/clock.py":
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of = node.func.value
            if isinstance(of, ast.Name) and (of.id, node.func.attr) in {
                ("datetime", "now"),
                ("datetime", "utcnow"),
                ("date", "today"),
            }:
                yield f"{path}:{node.lineno}: reads the clock; use kernel.clock"


JOINED_NAMES = re.compile(r"join\('[,;] '\)")
"""Names joined in a template: in a line of the other direction their order is scrambled."""


LOOSE_DAY = re.compile(r"\b(?!generated_at)(?:\w+_)?at\.date\(\)")
"""The day of a moment in UTC. The list of the Security Council alone is dated so."""


def loose_days(path: str, tree: ast.Module) -> Iterator[str]:
    """Days of moments that are not those of the fund, or of the call: late in the evening they
    differ."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and LOOSE_DAY.search(ast.unparse(node.func) + "()"):
            yield f"{path}:{node.lineno}: the day in UTC: ask fund.day_of(…)"


def floats(path: str, tree: ast.Module) -> Iterator[str]:
    """No float in the rooms that touch money."""
    rooms = {"kernel", "ledger", "pledges", "contributions", "awards", "payments"}
    if not rooms & {*path.split("/")}:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) == "float":
            yield f"{path}:{node.lineno}: float(); money is whole minor units"
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield f"{path}:{node.lineno}: a float constant; money is whole minor units"


SPEAKERS = {"flash", "refuse", "complain", "DomainError", "Forbidden", "Shortfall", "Conflict"}
FIELD_ENDINGS = ("Field",)
IN_ENGLISH = {
    "grants/platform/layout/gallery.py",  # sample words, in development only
    "grants/publishing/api/description.py",  # for those who write programs
}
SHOWN = {"button", "hint", "label", "lead", "question", "title"}


def untranslated(path: str, tree: ast.Module) -> Iterator[str]:
    """Words for people go through gettext: errors, flashed messages, labels of fields."""
    if path in IN_ENGLISH:
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = _called(node)
        speaks = name in SPEAKERS or name.endswith(FIELD_ENDINGS)
        spoken = [*(node.args[:1] if speaks else ()), *_shown_words(node)]
        for words in spoken:
            if isinstance(words, ast.JoinedStr) or (
                isinstance(words, ast.Constant)
                and isinstance(words.value, str)
                and " " in words.value
            ):
                yield f"{path}:{words.lineno}: words without gettext"


def _shown_words(call: ast.Call) -> Iterator[ast.expr]:
    """What a declaration of a field, fact, column, step or page shows to people."""
    return (keyword.value for keyword in call.keywords if keyword.arg in SHOWN)


@cache
def kinds_of_state() -> frozenset[str]:
    """The names of the enumerations of states, one or two in each workflow.py."""
    return frozenset(
        node.name
        for path, tree in modules().items()
        if path.endswith("/workflow.py")
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name.endswith("State")
    )


def loose_states(path: str, tree: ast.Module) -> Iterator[str]:
    """Sets of states stand on their workflow, where a new state cannot be left out of them."""
    if path.endswith("/workflow.py"):
        return
    names = set(kinds_of_state()) | {"S"}
    for node in ast.walk(tree):
        match node:
            case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
                pass
            case ast.Call(args=parts) | ast.MatchOr(patterns=parts):
                pass
            case _:
                continue
        if sum(_is_state(part, names) for part in parts) > 1:
            yield f"{path}:{node.lineno}: a loose set of states; name it in the workflow.py"


def _is_state(node: ast.AST, kinds: set[str]) -> bool:
    if isinstance(node, ast.MatchValue):
        node = node.value
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in kinds
        and node.attr.isupper()
    )


def states_from_above(path: str, tree: ast.Module) -> Iterator[str]:
    """Whether a record is paid, open or decided is answered by its own room, as a property of the
    record: a room above that asks for one state by its name forgets the state that comes next.
    """
    states = _states_imported(path, tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare):
            continue
        for part in (node.left, *node.comparators):
            if _is_state(part, states):
                yield (
                    f"{path}:{node.lineno}: {ast.unparse(part)} is asked for by name above its "
                    "room; give the record a property there, such as Award.is_running"
                )


def _states_imported(path: str, tree: ast.Module) -> set[str]:
    """What the states of other rooms are called in a module."""
    room = path.rpartition("/")[0].replace("/", ".")
    names = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module != f"{room}.workflow"
        for alias in node.names
        if alias.name in kinds_of_state()
    }
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=short)], value=ast.Name(id=name)):
                if name in names:
                    names.add(short)
    return names


LOOSE_IN_TEMPLATE = re.compile(r"state(\.value)? (not )?in [(\[]|state[^%}]* or [a-z.]*state ")


def loose_in_template(template: str) -> bool:
    """Does a template list states of its own? The view hands it the workflow's set."""
    return bool(LOOSE_IN_TEMPLATE.search(template))


WHERE_GRANTED = {f"grants/core/people/{name}.py" for name in ("permissions", "granted", "duties")}
"""Where permissions are declared, granted and kept apart, which asks for none."""


def permissions_used() -> set[str]:
    """Names of the permissions that a step, a page, a command or an act asks for."""
    return {
        name
        for path, tree in modules().items()
        if path not in WHERE_GRANTED
        for name in members_of(tree, {"Permission", "P"})
    }


def members_of(tree: ast.Module, of: set[str]) -> Iterator[str]:
    """Names of enumeration members that a module uses, such as PLEDGE_SIGN of P.PLEDGE_SIGN."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=member) if name in of:
                yield member


def permissions_demanded(tree: ast.Module) -> Iterator[str]:
    """Names of the permissions that acts of a module demand, such as PLEDGE_SIGN."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="demand"), args=[permission, *_]):
                yield from members_of(ast.Module([ast.Expr(permission)], []), {"Permission", "P"})


def roles_given(path: str, tree: ast.Module) -> Iterator[str]:
    """Names of the roles that calls of appoint() in a module can give.

    A role that is only known when it is called may be any role of the fund, or of an organisation
    where one is named.
    """
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and _called(node) == "appoint"):
            continue
        match node.args[2:3]:
            case [ast.Attribute(value=ast.Name(id="Role"), attr=role)]:
                yield role
            case _:
                inside = any(keyword.arg == "organisation" for keyword in node.keywords)
                yield from (role.name for role in Role if (role in OUTSIDE) == inside)


ODD_NAMES = frozenset(
    {
        *("anew", "astray", "bury", "buried", "deed", "deeds", "everybody", "handout", "hear"),
        *("hears", "laid", "lay", "mend", "mended", "outfit", "somebody", "stillborn", "told"),
        "whoever",
    }
)
"""Words that a name in the code does not contain: a colleague would ask what they mean."""
ODD_PROSE = re.compile(
    r"\b([Ss]omebody|[Ww]hoever|[Ee]verybody|there and right|anew|mend(?:ed|s)?|stillborn|"
    r"hand(?:s|ed)? in|lays? down|stands? in line|for ever)\b"
)
"""Words that a docstring does not contain: CONTRIBUTING.md says what to write."""
LEANING = re.compile(
    r"(The same|Its?|They|Their|Them|Those|These|This one|One of|That|Others|Each of them)\b"
)
"""How a docstring begins that is understood only under another one."""
VAGUE = frozenset(
    {
        *("asked", "each", "found", "given", "held", "kept", "known", "left", "made", "named"),
        *("one", "own", "rest", "said", "seen", "standing", "taken", "there", "wanted"),
    }
)
"""Pronouns and participles: as the name of a variable they do not say of what."""


def odd_names(path: str, tree: ast.Module) -> Iterator[str]:
    """Functions, classes, arguments and variables have names that need no explanation."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                named = name
            case ast.Name(id=name, ctx=ast.Store()):
                named = name
            case _:
                continue
        parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", named)
        if odd := ODD_NAMES & {part.lower() for part in parts}:
            yield f"{path}:{node.lineno}: the name {named} ({', '.join(sorted(odd))}) is odd"


def bindings(path: str, tree: ast.Module) -> Iterator[str]:
    """Every name that a variable or an argument gets."""
    for node in ast.walk(tree):
        match node:
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                yield f"{path}:{node.lineno}: {name}"
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield f"{path}:{node.lineno}: {name}"
            case ast.ExceptHandler(name=str(name)):
                yield f"{path}:{node.lineno}: {name}"


def vague_bindings(path: str, tree: ast.Module) -> Iterator[str]:
    """Variables and arguments that are called by a pronoun or a participle."""
    return (fault for fault in bindings(path, tree) if fault.rpartition(" ")[2] in VAGUE)


def short_functions(path: str, tree: ast.Module) -> Iterator[str]:
    """Private functions of one word: `_award` may find, draw or write one."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) if re.fullmatch("_[a-z]+", name):
                yield f"{path}:{node.lineno}: {name}"


def odd_prose(path: str, tree: ast.Module) -> Iterator[str]:
    """Docstrings use ordinary words, and those of public functions and classes stand alone."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) if name[0] != "_":
                if leans := LEANING.match(ast.get_docstring(node) or ""):
                    yield f"{path}:{node.lineno}: {name}: “{leans[0]}” of what? Say the thing"
            case ast.Expr(value=ast.Constant(value=str(text))):
                for found in ODD_PROSE.finditer(text):
                    line = node.lineno + text[: found.start()].count("\n")
                    yield f"{path}:{line}: “{found[0]}” in a docstring; use an ordinary word"


AT_ONCE = re.compile(r"_|n?gettext|pgettext|in_language|country_name|plain_\w+")
"""What puts words into the language of who acts."""


def facts_in_the_writers_language(path: str, tree: ast.Module) -> Iterator[str]:
    """Facts of an e-mail that are words already: its recipient may read another language."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or len(call.args) < 2:
            continue
        if _called(call) in ("send", "tell", "write_to", "Letter"):
            facts = [*call.args, *(keyword.value for keyword in call.keywords)]
            for part in (node for fact in facts for node in ast.walk(fact)):
                if isinstance(part, ast.Call) and AT_ONCE.fullmatch(_called(part)):
                    yield f"{path}:{part.lineno}: {ast.unparse(part)}"
