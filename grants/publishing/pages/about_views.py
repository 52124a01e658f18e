"""Who is behind a fund: its office, its Board, and how it decides."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from grants.core.funds.queries import fund_by_code
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.platform.web.access import public
from grants.platform.web.database import session
from grants.platform.web.unchanged import same_for_visitors
from grants.publishing.facts.board import board_of

pages = Blueprint("about", __name__)


@pages.get("/funds/<code>/about")
@public
@same_for_visitors()
def show(code: str) -> ResponseReturnValue:
    """How to reach the fund, the members of its Board with their terms, and how it decides."""
    fund = fund_by_code(session(), code)
    return render_template(
        "publishing/pages/about.html",
        fund=fund,
        board=board_of(session(), fund),
        decisions=in_language(fund.decision_making) or _how_decided(),
    )


def _how_decided() -> str:
    """What is true of every fund here, until it has words of its own."""
    return _(
        "The fund opens a call for proposals with its rules and criteria. The secretariat checks "
        "that each organisation is eligible. Reviewers without a conflict of interest assess each "
        "application against the criteria of the call. The Board of Trustees advises on the "
        "recommended grants. An officer who did not recommend them approves the awards, and two "
        "other officers certify and release each payment. A person with a conflict of interest "
        "does not see the application."
    )
