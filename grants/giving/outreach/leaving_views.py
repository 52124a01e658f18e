"""Leaving: no more appeals, by one click of a reader or of their mail program (RFC 8058)."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from grants.giving.outreach import consents
from grants.platform.web.access import public, this_act
from grants.platform.web.database import transaction

pages = Blueprint("leaving", __name__)


@pages.route("/unsubscribe/<token>", methods=["GET", "POST"])
@public
def leave(token: str) -> ResponseReturnValue:
    """Opening the link changes nothing, since mail programs open links to look at them; the button
    does, and so does a mail program that posts without a session.
    """
    consents.require_leaving(token)
    if request.method == "POST":
        with transaction() as opened:
            consents.unsubscribe(opened, token, this_act())
    return render_template("giving/outreach/leave.html", token=token, left=request.method == "POST")
