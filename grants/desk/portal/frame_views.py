"""Small frames for the fund's own site: its map, its year, the people it reached. No script."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import escape

from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import current_language, use_language
from grants.core.kernel.language import gettext as _
from grants.desk.dashboards.figures import appeal
from grants.desk.portal.views import grants_by_country
from grants.granting.results.editions import people_reached
from grants.platform.web.access import public
from grants.platform.web.database import session
from grants.platform.web.headers import POLICY, can_be_spoken
from grants.platform.web.unchanged import while_nothing_happens

pages = Blueprint("frames", __name__)

POLICY_OF_FRAMES = POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
"""Any site may show a frame: it has nothing to press but links, which open on the whole page."""


def _map_facts(fund: Fund) -> dict[str, Any]:
    return {"where": grants_by_country(fund)}


def _year_facts(fund: Fund) -> dict[str, Any]:
    return {"appeal": appeal(session(), fund)}


def _people_facts(fund: Fund) -> dict[str, Any]:
    return {"reached": people_reached(session(), fund)}


FRAMES: dict[str, tuple[Callable[[Fund], dict[str, Any]], int]] = {
    "map": (_map_facts, 420),
    "year": (_year_facts, 150),
    "people": (_people_facts, 150),
}
"""By name: what a frame shows, and its height in pixels as the data page proposes it."""


@pages.get("/funds/<code>/frames/<name>/<language>")
@public
def show(code: str, name: str, language: str) -> ResponseReturnValue:
    """One frame in the language of the page around it, which stands in the address: so that no
    cookie is set on the site of another.
    """
    fund = fund_by_code(session(), code)
    if name not in FRAMES or language not in can_be_spoken():
        raise Missing(_("Frame not found. The page “Figures for your own site” lists all frames."))
    key = ("frame", fund.id, name, language, request.url_root)
    return _framed(while_nothing_happens(key, lambda: _drawn_frame(fund, name, language)))


def _drawn_frame(fund: Fund, name: str, language: str) -> str:
    with use_language(language):
        facts = FRAMES[name][0](fund)
        return render_template(f"desk/portal/frames/{name}.html", fund=fund, **facts)


def _framed(body: str) -> Response:
    answer = make_response(body)
    answer.headers["Content-Security-Policy"] = POLICY_OF_FRAMES
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


@pages.get("/funds/<code>/frames")
@public
def index(code: str) -> ResponseReturnValue:
    """Every frame as it looks, and the line of HTML that shows it on another site."""
    fund = fund_by_code(session(), code)
    frames = [_frame_of(fund, name, title) for name, title in _titles().items()]
    return render_template("desk/portal/frames/index.html", fund=fund, frames=frames)


def _frame_of(fund: Fund, name: str, title: str) -> dict[str, Any]:
    """A frame with its address here, and the line that shows it elsewhere."""
    height = FRAMES[name][1]
    place: dict[str, Any] = {
        "code": fund.code,
        "name": name,
        "language": current_language().code,
    }
    elsewhere = url_for(".show", **place, _external=True)
    return {
        "title": title,
        "height": height,
        "address": url_for(".show", **place),
        "line": f'<iframe src="{elsewhere}" title="{escape(title)}" width="100%" '
        f'height="{height}" loading="lazy" style="border: 0"></iframe>',
    }


def _titles() -> dict[str, str]:
    return {
        "map": _("Countries of the grants"),
        "year": _("Received towards the target of the year"),
        "people": _("People reached"),
    }
