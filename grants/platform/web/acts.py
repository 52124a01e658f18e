"""Performing an act from a page: what the fund refuses comes back onto the form."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import request
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from wtforms import Field

from grants.core.kernel.errors import DomainError, FundError
from grants.core.kernel.language import gettext as _
from grants.platform.web.database import transaction
from grants.platform.web.journal import note


def refusal(check: Callable[[], object]) -> str:
    """Why an act would be refused whatever is typed on its form; empty if it may be tried.

    Empty, too, when the form comes back: then the act itself has been tried, and what was typed
    stays in sight.
    """
    if request.method not in {"GET", "HEAD"}:
        return ""
    try:
        check()
    except FundError as refused:
        return refused.message
    return ""


class Attempt:
    """How it went: false until the commit has happened."""

    def __init__(self) -> None:
        self.done = False

    def __bool__(self) -> bool:
        return self.done


@contextmanager
def attempt(form: FlaskForm, at: Field | None = None) -> Iterator[tuple[Session, Attempt]]:
    """Commit what happens inside; a refusal is shown at the head of the form, or at its field.

    >>> with attempt(form) as (session, outcome):
    ...     acknowledge(session, pledge, this_act())
    >>> if outcome:
    ...     return redirect(…)
    """
    outcome = Attempt()
    try:
        with transaction() as session:
            yield session, outcome
        outcome.done = True
    except StaleDataError:
        form.form_errors.append(
            _("Another user changed this while you had it open. Check it again before you decide.")
        )
    except FundError as refusal:
        if not isinstance(refusal, DomainError):
            raise
        note("refused", kind=type(refusal).__name__)
        if at is None:
            form.form_errors.append(refusal.message)
        else:
            at.errors = [*at.errors, refusal.message]
