"""The page of the search box in the bar."""

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from grants.desk.search.asking import SHOWN, found_by
from grants.platform.guides.finding import paragraphs_found
from grants.platform.web.access import signed_in, viewer
from grants.platform.web.database import session

pages = Blueprint("search", __name__)

LONGEST = 100


@pages.get("/search")
@signed_in
def index() -> ResponseReturnValue:
    """Results by kind; a whole reference leads to its record at once."""
    if not viewer().works_for_a_fund:
        abort(404)
    text = _text_typed()
    groups = list(found_by(session(), viewer(), text)) if text else []
    typed = text.casefold()
    exact = [
        record for group in groups for record in group.found if record.reference.casefold() == typed
    ]
    if len(exact) == 1:
        return redirect(exact[0].page)
    guides = paragraphs_found(text, SHOWN)
    return render_template("desk/search/index.html", text=text, groups=groups, guides=guides)


def _text_typed() -> str:
    return " ".join(request.args.get("q", "").split())[:LONGEST]
