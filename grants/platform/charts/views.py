"""The address of a chart that was not drawn yet when its page was sent."""

from flask import Blueprint, Response, make_response, url_for

from grants.platform.charts import drawings
from grants.platform.web.access import public

pages = Blueprint("drawings", __name__)


@pages.get("/charts/<name>/<any(wide, narrow):width>.svg")
@public
def show(name: str, width: str) -> Response:
    """A chart that was not drawn yet when its page was sent, which alone tells this address."""
    whole = drawings.wait_for(name)
    if whole:
        svg = whole.split(f'<div class="chart__{width}">')[1].partition("</div>")[0]
        answer = make_response(svg)
        answer.content_type = "image/svg+xml"
    else:  # a browser follows twenty times
        answer = make_response("", 302, {"Location": url_for(".show", name=name, width=width)})
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
