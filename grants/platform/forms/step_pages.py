"""The pages of acts on a record, declared: what a page says, what it asks, and which act it takes.

    pledge_pages = StepPages(pages, PLEDGE, _pledge, page_of, lambda pledge: (pledge.reference,))

    pledge_pages.step(
        "decline",
        "/<reference>/decline",
        DeclineForm,
        title=_l("Decline the pledge"),
        done=_l("Declined. The donor has been notified."),
    )

The row of the workflow says the rest: who may open the page, its endpoint, and the act, which takes
the session, the record and an `Act`. An act that needs more of what was typed is a function of the
session, the record, the form and the `Act`. The page is layout/step.html, or a template that
extends it. A page that shows or does more is a view of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from inspect import signature
from types import FunctionType
from typing import Any, Generic, TypedDict, TypeVar, Unpack

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.database.db import Versioned
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.workflow import Step, Workflow
from grants.core.people.permissions import Permission
from grants.platform.forms.fields.text import LongTextField
from grants.platform.forms.forms import Form
from grants.platform.forms.typed import counted
from grants.platform.web.access import needs, this_act
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.again import asks_again
from grants.platform.web.database import session
from grants.platform.web.steps import possible

S = TypeVar("S")
"""The kind of record."""
F = TypeVar("F", bound=Form)
"""The kind of form."""

Text = str | Callable[[S], str]
"""A text, or one that says something of the record."""

Performed = Callable[[Session, S, F, Act], object]
"""Takes the act, with what the form says."""


class Words(TypedDict, Generic[S], total=False):
    """What a page says. If nothing else is said, the title of a step is its label, and the words of
    the button are the title.
    """

    title: Text[S]
    lead: Text[S]
    warning: Text[S]
    button: Text[S]
    tone: str
    """"warning" for what cannot be undone; a `warning` brings it."""
    done: Text[S]
    """The message when the act has been taken."""
    after: Callable[[S], str]
    """The page to which the act leads, where it is not that of the record."""
    check: Callable[[Session, S, Act], object]
    """Raises what stands in the way of the act, whatever is typed: shown in place of the form."""
    again: bool
    """It asks again who sits there, though its permission does not (`asks_again`)."""
    template: str
    facts: Callable[[S], Mapping[str, object]]
    """What a template of its own shows beside the record."""


class ReasonForm(Form):
    """Why."""

    reason = LongTextField(_l("Reason"), required=True, limit=1000, rows=4)


@dataclass(frozen=True)
class StepPages(Generic[S]):
    """The pages of acts on one kind of record.

    `find` is given the parts of the address, and raises Missing; `back` is the page of the record,
    to which an act leads back; `caption` says above the title which record it is.
    """

    pages: Blueprint
    workflow: Workflow | None
    find: Callable[..., S]
    back: Callable[[S], str]
    caption: Callable[[S], Sequence[object]]
    back_text: str = ""

    def step(
        self,
        action: str,
        address: str,
        form: type[F] | Callable[[S], F] | None = None,
        act: Performed[S, F] | None = None,
        **words: Unpack[Words[S]],
    ) -> None:
        """The page of a step of the workflow. Without a form it asks for the reason, if the step
        needs one, and for nothing else.
        """
        assert self.workflow is not None
        step = self.workflow.step(action)
        assert isinstance(step.permission, Permission)
        blueprint, _dot, name = step.page.partition(".")
        if blueprint != self.pages.name:
            raise ValueError(f"{step.page!r}, the page of {action!r}, is none of {self.pages.name}")
        words.setdefault("title", step.label)
        usual = ReasonForm if step.needs_reason else Form
        view = self._view_of(step.permission, form or usual, act or _act_of(step), words)
        self._open_page(name, address, step.permission, view, words)

    def act(
        self,
        name: str,
        permission: Permission,
        address: str,
        form: type[F] | Callable[[S], F],
        act: Performed[S, F],
        **words: Unpack[Words[S]],
    ) -> None:
        """The page of an act that is no step; `name` is its endpoint in the blueprint."""
        self._open_page(
            name, address, permission, self._view_of(permission, form, act, words), words
        )

    def _open_page(
        self,
        name: str,
        address: str,
        permission: Permission,
        view: Callable[..., Any],
        words: Words[S],
    ) -> None:
        view.__name__ = name
        if words.get("again"):
            view = asks_again(view)
        self.pages.add_url_rule(address, name, needs(permission)(view), methods=["GET", "POST"])

    def _view_of(
        self, permission: Permission, form: Any, act: Performed[S, Any], words: Words[S]
    ) -> Callable[..., ResponseReturnValue]:
        def view(**where: object) -> ResponseReturnValue:
            record = self.find(**where)
            this_act().demand(permission, getattr(record, "scope", None))
            if self.workflow is not None:
                possible(record, self.workflow)  # type: ignore[type-var]
            filled = _form_of(form, record)
            if filled.validate_on_submit():
                done = _worded_for(words.get("done", ""), record)  # the act may delete the record
                if _is_done(filled, record, act, versioned=isinstance(form, type)):
                    if done:
                        flash(done, "success")
                    return redirect(words.get("after", self.back)(record))
            return self._render_page(record, filled, words)

        return view

    def _render_page(self, record: S, form: Form, words: Words[S]) -> str:
        title = _worded_for(words.get("title", ""), record)
        warning = _worded_for(words.get("warning", ""), record)
        check, facts = words.get("check"), words.get("facts")
        return render_template(
            words.get("template", "layout/step.html"),
            **(facts(record) if facts else {}),
            record=record,
            form=form,
            refused=refusal(lambda: check(session(), record, this_act())) if check else "",
            to=self.back(record),
            back_text=self.back_text,
            caption=[part for part in self.caption(record) if part],
            title=title,
            lead=_worded_for(words.get("lead", ""), record),
            warning_text=warning,
            button=_worded_for(words.get("button", ""), record) or title,
            tone=words.get("tone", "warning" if warning else ""),
        )


def _worded_for(text: Text[S], record: S) -> str:
    if isinstance(text, FunctionType):  # a lazy text can be called too
        return str(text(record))
    return str(text)


def _form_of(form: Any, record: S) -> Form:
    """The form about a record. A class that has a version remembers which one this person sees."""
    if isinstance(form, type) and issubclass(form, Form):
        return form(data={"version": record.version} if isinstance(record, Versioned) else None)
    filled: Form = form(record)
    return filled


def _is_done(form: Form, record: S, act: Performed[S, Any], *, versioned: bool) -> bool:
    with attempt(form) as (opened, outcome):
        if versioned and isinstance(record, Versioned) and "version" in form:
            record.seen_at(counted(form["version"].data))
        reason = form["reason"].data if "reason" in form else None
        act(opened, record, form, this_act(reason or None))
    return bool(outcome)


def _act_of(step: Step) -> Performed[Any, Any]:
    """The act that the table names, which asks nothing of the form but the reason."""
    room, _dot, name = step.act.rpartition(".")
    act = getattr(import_module(f"grants.{room}"), name)
    if len(signature(act).parameters) != 3:
        raise ValueError(
            f"grants.{step.act} takes more than the session, the record and an Act: give the page "
            f"of {step.action!r} a function that hands it what the form says"
        )

    def take(opened: Session, record: object, _form: Form, this: Act) -> None:
        act(opened, record, this)

    return take
