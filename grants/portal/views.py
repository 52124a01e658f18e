"""The public door of the house, and each person's start page."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from grants.funds.queries import all_funds
from grants.web.access import public, signed_in, viewer
from grants.web.database import session

pages = Blueprint("portal", __name__)


@pages.get("/")
@public
def home() -> ResponseReturnValue:
    """What the funds are for, and how to give or to apply."""
    return render_template("portal/home.html", funds=all_funds(session()))


@pages.get("/start")
@signed_in
def start() -> ResponseReturnValue:
    """What waits for the person who has signed in."""
    return render_template("portal/start.html", person=viewer())
