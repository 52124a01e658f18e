"""Draws docs/workflows.md and docs/roles.md from the code: `.venv/bin/python docs/draw.py`.

A test compares them with the code, so they cannot grow old.
"""

import importlib
import pkgutil
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent))

import grants  # noqa: E402
from grants.core.kernel.workflow import Workflow  # noqa: E402
from grants.core.people.permissions import GRANTED, OUTSIDE, Permission, Role  # noqa: E402


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
        "Drawn from `grants/core/people/permissions.py` by `docs/draw.py`.",
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


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _heading(role: Role) -> str:
    return f"{role.label}{'*' if role in OUTSIDE else ''}"


PAGES = {"workflows.md": workflow_page, "roles.md": role_page}

if __name__ == "__main__":
    for name, drawn in PAGES.items():
        (FOLDER / name).write_text(drawn(), "utf-8")
