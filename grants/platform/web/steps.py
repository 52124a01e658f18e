"""The pages of the steps of a workflow: checked when the application starts, offered as buttons.

A step names its act and its page in `workflow.py`. A step without an act, or with a page that is
not there or does not open to a person who may take the step, stops the start and says what is
missing.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import EnumMeta
from importlib import import_module
from types import CodeType, FunctionType
from typing import Any, TypeVar

from flask import Flask, current_app, request, url_for

from grants.core.audit.advance import Stateful, may_take
from grants.core.kernel.errors import Conflict, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.workflow import Step, Workflow
from grants.core.people.permissions import Permission
from grants.core.people.role_permissions import GRANTED
from grants.platform.web.access import door_of, this_act
from grants.platform.web.database import session


@dataclass(frozen=True, slots=True)
class Button:
    """A step that a person may take now: its words and the address of its page."""

    action: str
    text: str
    href: str
    in_place: bool = False
    """No link: a form that posts to the address."""


def buttons(
    subject: Stateful,
    workflow: Workflow,
    *,
    query: Mapping[str, str | None] | None = None,
    **values: object,
) -> list[Button]:
    """The steps that the signed-in person may take with a record now, in the table's order.

    `values` are the parts of the addresses, such as reference="UNVTF-P-2026-001"; `query` is
    added to each of them, such as the filters of the list that it was opened from.
    """
    act = this_act()
    return [
        Button(
            step.action,
            str(step.button or step.label),
            _step_address(step, values, query or {}),
            step.in_place,
        )
        for step in workflow.steps_from(subject.state)
        if step.page and may_take(session(), subject, step, act)
    ]


S = TypeVar("S", bound=Stateful)


def possible(subject: S, workflow: Workflow) -> S:
    """The record, if the page that is asked for may take its step with it now.

    A form is not shown where its act would be refused: Conflict from another state, Forbidden for
    a person who took an earlier step of the same decision. Pages that are no step's are let
    through, and what is posted is judged by the act itself.
    """
    if request.method not in {"GET", "HEAD"}:
        return subject
    here = request.endpoint
    steps = [step for step in workflow.steps if step.page == here]
    action = (request.view_args or {}).get("action")
    steps = [step for step in steps if action in {None, step.action}]
    if not steps:
        return subject
    now = [step for step in steps if subject.state in step.sources]
    if now and not any(step.is_open_to(subject) for step in now):
        closed = str(now[0].closed)
        raise Conflict(closed or _("The settings of this call do not include this step."))
    if not now:
        raise Conflict(
            _(
                "This cannot be done now: the status is “%(state)s”.",
                state=workflow.names[subject.state].staff,
            )
        )
    act = this_act()
    if not any(may_take(session(), subject, step, act) for step in now):
        raise Forbidden(
            _(
                "You cannot do this yourself: your role does not allow it, or you took an earlier "
                "step in the same decision."
            )
        )
    return subject


def _step_address(step: Step, values: dict[str, object], query: Mapping[str, str | None]) -> str:
    rule = next(current_app.url_map.iter_rules(step.page))
    arguments = {**values, "action": step.action}
    in_rule = {name: arguments[name] for name in rule.arguments}
    return url_for(step.page, **in_rule, **query)  # type: ignore[arg-type]


def all_workflows() -> list[Workflow]:
    """The workflows of every room that has been imported."""
    rooms = [name for name in sys.modules if name.startswith("grants.")]
    return [
        workflow
        for name in sorted(rooms)
        if name.endswith(".workflow")
        for workflow in vars(sys.modules[name]).values()
        if isinstance(workflow, Workflow)
    ]


def refuse_unkept(app: Flask) -> None:
    """ValueError with a line for each step that its act or its page does not keep."""
    faults = [
        f"{workflow.subject}, step {step.action!r}: {fault}"
        for workflow in all_workflows()
        for step in workflow.steps
        for fault in (*_faults_of_act(step), *_faults_of_page(app, step))
    ]
    if faults:
        raise ValueError("\n".join(faults))


def _faults_of_act(step: Step) -> Iterator[str]:
    room, _dot, name = step.act.rpartition(".")
    try:
        act = getattr(import_module(f"grants.{room}"), name, None)
    except ModuleNotFoundError:
        act = None
    if not isinstance(act, FunctionType):
        yield f"there is no act grants.{step.act}; write it there, or correct act= in workflow.py"
    elif not takes(act, step.action):
        yield f"grants.{step.act} never takes it; let it call advance(…, {step.action!r}, act)"


def _faults_of_page(app: Flask, step: Step) -> Iterator[str]:
    endpoint = step.page or step.within
    if not endpoint:
        return
    view = app.view_functions.get(endpoint)
    if view is None:
        yield f"there is no page {endpoint!r}; write its view, or correct workflow.py"
    elif step.page and (shut := _shut_out(view, step)):
        needed = f"@needs(Permission.{step.permission.name})"
        yield f"the page {endpoint!r} stays shut to {shut}, who may take it: mark it {needed}"
    elif step.page and _opens_by_link(app, endpoint) == step.in_place:
        if step.in_place:
            yield f"the page {endpoint!r} opens by a link: leave out in_place= in workflow.py"
        else:
            yield (
                f"the page {endpoint!r} takes only what is posted, so the button that leads to it "
                "is dead: let it answer GET, or say in_place=True and draw its form where the "
                "record is shown"
            )


def _opens_by_link(app: Flask, endpoint: str) -> bool:
    """Can a link lead to the page?"""
    return any("GET" in (rule.methods or ()) for rule in app.url_map.iter_rules(endpoint))


def _shut_out(view: Callable[..., Any], step: Step) -> str:
    """Roles that may take the step and do not get through the door of its page."""
    door = door_of(view)
    if door is not None and not isinstance(door, Permission):
        return ""
    return ", ".join(
        str(role.label)
        for role, permissions in GRANTED.items()
        if step.permission in permissions and door not in permissions
    )


BELOW = ("grants.core.", "grants.platform.")
"""Functions of these do not know the actions of a room."""


def takes(act: Callable[..., Any], action: str) -> bool:
    """Does an act, or a function of a room that it calls, name the action or take any?"""
    return isinstance(act, FunctionType) and _names_action(act, action, set())


def _names_action(function: FunctionType, action: str, visited: set[str]) -> bool:
    visited.add(function.__qualname__)
    code = function.__code__
    if action in _constants_in(code) or "action" in code.co_varnames[: code.co_argcount]:
        return True
    used = [function.__globals__.get(name) for name in _globals_in(code)]
    return any(
        (isinstance(thing, EnumMeta) and action in {member.value for member in thing})  # type: ignore[var-annotated]
        or (
            isinstance(thing, FunctionType)
            and thing.__module__.startswith("grants.")
            and not thing.__module__.startswith(BELOW)
            and thing.__qualname__ not in visited
            and _names_action(thing, action, visited)
        )
        for thing in used
    )


def _constants_in(code: CodeType) -> set[object]:
    inner = [const for const in code.co_consts if isinstance(const, CodeType)]
    return set(code.co_consts).union(*map(_constants_in, inner)) if inner else set(code.co_consts)


def _globals_in(code: CodeType) -> set[str]:
    inner = [const for const in code.co_consts if isinstance(const, CodeType)]
    return set(code.co_names).union(*map(_globals_in, inner))
