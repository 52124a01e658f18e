"""What all pages of applicants share: their application, and whether it can be written now."""

from typing import Any

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from grants.applying.applications import queries
from grants.applying.applications.models import Application
from grants.applying.applications.workflow import APPLICATION
from grants.core.kernel import clock
from grants.platform.web.access import viewer
from grants.platform.web.database import session
from grants.platform.web.steps import possible

pages = Blueprint("applications", __name__)


def own(reference: str, *, hold: bool = False) -> Application:
    """The application. `hold`: with its row locked, for an act that follows at once."""
    application = queries.application_of_owner(session(), reference, viewer(), hold=hold)
    return possible(application, APPLICATION)


def to(endpoint: str, application: Application, **more: Any) -> ResponseReturnValue:
    return redirect(url_for(f"applications.{endpoint}", reference=application.reference, **more))


def may_write(application: Application, section: str) -> bool:
    """Can this section be changed now: in a draft, or because the fund asks to clarify it?"""
    clarification = queries.asked_clarification(session(), application)
    if clarification is not None and section in clarification.sections:
        return clarification.is_open(clock.now())
    return is_writable(application)


def is_writable(application: Application) -> bool:
    in_time = application.call.takes_applications(clock.now())
    return application.is_draft and in_time
