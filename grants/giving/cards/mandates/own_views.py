"""A giver who has signed in stops what they give every month."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from grants.core.people.permissions import Permission
from grants.giving.cards.mandates.views import stop_gift
from grants.giving.pledges.queries import own_pledge
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.database import session

pages = Blueprint("own_monthly", __name__, url_prefix="/giving")


@pages.post("/<reference>/monthly/stop")
@needs(Permission.PLEDGE_MAKE)
def stop(reference: str) -> ResponseReturnValue:
    """One click."""
    stop_gift(own_pledge(session(), reference, viewer()), this_act())
    return redirect(url_for("own_pledges.show", reference=reference))
