"""The guides as pages, open to all."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from grants.platform.guides.places import GUIDES
from grants.platform.web.access import public
from grants.platform.web.unchanged import same_for_visitors

pages = Blueprint("guides", __name__)


@pages.get("/guide")
@public
@same_for_visitors()
def index() -> ResponseReturnValue:
    """All guides with their headings."""
    return render_template("platform/guides/index.html", guides=GUIDES)


@pages.get(f"/guide/<any({', '.join(GUIDES)}):name>")
@public
@same_for_visitors()
def show(name: str) -> ResponseReturnValue:
    """One guide, whose paragraphs other pages link to."""
    return render_template("platform/guides/show.html", guide=GUIDES[name], name=name)
