"""Draws docs/workflows.md, docs/roles.md and the map in docs/house.md from the code.

Run `.venv/bin/python docs/draw.py`. A test compares the pages with the code.
"""

import ast
import importlib
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

FOLDER = Path(__file__).parent
MAP_BEGINS = "<!-- The map, drawn by docs/draw.py: do not edit. -->\n"
MAP_ENDS = "<!-- End of the map. -->\n"
Room = tuple[str, ...]
"""A wing and a room of it."""
T = TypeVar("T")

sys.path.insert(0, str(FOLDER.parent))

import grants  # noqa: E402
from grants.core.kernel.workflow import Workflow  # noqa: E402
from grants.core.people.permissions import OUTSIDE, Permission, Role  # noqa: E402
from grants.core.people.role_permissions import GRANTED  # noqa: E402


def workflows() -> list[Workflow]:
    """Every workflow of the house, in the order of its rooms' names."""
    found = []
    for module in pkgutil.walk_packages(grants.__path__, "grants."):
        if module.name.endswith(".workflow") and module.name != "grants.core.kernel.workflow":
            room = importlib.import_module(module.name)
            found += [thing for thing in vars(room).values() if isinstance(thing, Workflow)]
    return found


def workflow_page() -> str:
    parts = ["# Workflows", "", "Drawn from each room's `workflow.py` by `docs/draw.py`.", ""]
    for workflow in workflows():
        parts += [f"## {workflow.subject.replace('_', ' ').capitalize()}", ""]
        parts += ["```mermaid", workflow.diagram(), "```", ""]
        parts += [
            "| act | from | to | permission | reason | not by who did | where |",
            "|---|---|---|---|---|---|---|",
        ]
        parts += [
            _row(
                step.action,
                ", ".join(step.sources),
                step.target,
                f"`{step.permission.value}`",
                "yes" if step.needs_reason else "",
                ", ".join(step.not_by),
                f"`{step.page or step.within}`" if step.page or step.within else step.by,
            )
            for step in workflow.steps
        ]
        parts += ["", "| state | its owner reads | the secretariat reads |", "|---|---|---|"]
        parts += [
            f"| {state.value} | {name.public} | {name.staff} |"
            for state, name in workflow.names.items()
        ]
        parts.append("")
    return "\n".join(parts)


def role_page() -> str:
    """What each role may do, permission by permission."""
    roles = list(Role)
    parts = [
        "# Roles and permissions",
        "",
        "Drawn from `grants/core/people/role_permissions.py` by `docs/draw.py`.",
        "Roles marked * belong to a donor or an applicant and reach its own records only.",
        "",
        "| permission | " + " | ".join(_heading(role) for role in roles) + " |",
        "|---|" + "---|" * len(roles),
    ]
    parts += [
        f"| `{permission.value}` | "
        + " | ".join("●" if permission in GRANTED[role] else "" for role in roles)
        + " |"
        for permission in Permission
    ]
    return "\n".join([*parts, ""])


def house_page() -> str:
    """docs/house.md with its map drawn again; the text around the map is written by hand."""
    before, rest = (FOLDER / "house.md").read_text("utf-8").split(MAP_BEGINS)
    _old, after = rest.split(MAP_ENDS)
    return before + MAP_BEGINS + _map() + MAP_ENDS + after


def _map() -> str:
    rooms = _rooms()
    used = _imports(rooms)
    between = {(a[0], b[0]) for a, b in used if a[0] != b[0]}
    wings = sorted(
        {room[0] for room in rooms}, key=lambda wing: (-len(_reach(between, wing)), wing)
    )
    parts = ["", "```mermaid", "flowchart TB"]
    for wing in wings:
        parts.append(f"  subgraph {wing}")
        inside = [room for room in rooms if room[0] == wing]
        parts += [f"    {_node(room)}[{room[1]}]" for room in inside]
        arrows = {(a, b) for a, b in used if a[0] == b[0] == wing}
        parts += [f"    {_node(a)} --> {_node(b)}" for a, b in sorted(_shortened(arrows))]
        parts.append("  end")
    parts += [f"  {a} ==> {b}" for a, b in sorted(_shortened(between))]
    parts += ["```", ""]
    for wing in wings:
        parts += [f"**{wing}**: {_purpose(wing)}", "", "| room | what it does |", "|---|---|"]
        parts += [_row(f"`{r[1]}`", _purpose(*r)) for r in rooms if r[0] == wing]
        parts.append("")
    return "\n".join(parts)


def _rooms() -> list[Room]:
    folders = sorted((FOLDER.parent / "grants").glob("*/*/__init__.py"))
    return [(folder.parts[-3], folder.parts[-2]) for folder in folders]


def _imports(rooms: list[Room]) -> set[tuple[Room, Room]]:
    """Which room uses which, by the imports of their modules."""
    found: set[tuple[Room, Room]] = set()
    for wing, room in rooms:
        for path in (FOLDER.parent / "grants" / wing / room).rglob("*.py"):
            for name in _imported(ast.parse(path.read_text("utf-8"))):
                other = tuple(name.split(".")[1:3])
                if other in rooms and other != (wing, room):
                    found.add(((wing, room), other))
    return found


def _imported(tree: ast.Module) -> Iterator[str]:
    """The full name of everything that a module imports from this house."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("grants."):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _shortened(arrows: set[tuple[T, T]]) -> set[tuple[T, T]]:
    """Without the arrows that a way through others shows already."""
    return {
        (start, end)
        for start, end in arrows
        if not any(
            end in _reach(arrows, other) for one, other in arrows if one == start and other != end
        )
    }


def _reach(arrows: set[tuple[T, T]], start: T) -> set[T]:
    """Everything that `start` uses, however far away."""
    near = {end for one, end in arrows if one == start}
    return near.union(*(_reach(arrows, one) for one in near))


def _node(room: Room) -> str:
    return "_".join(room)


def _purpose(*package: str) -> str:
    """The first line of a package's docstring."""
    text = (FOLDER.parent / "grants").joinpath(*package, "__init__.py").read_text("utf-8")
    return (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _heading(role: Role) -> str:
    return f"{role.label}{'*' if role in OUTSIDE else ''}"


PAGES = {"workflows.md": workflow_page, "roles.md": role_page, "house.md": house_page}

if __name__ == "__main__":
    for name, drawn in PAGES.items():
        (FOLDER / name).write_text(drawn(), "utf-8")
