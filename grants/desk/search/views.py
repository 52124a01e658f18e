"""The page of the search box in the bar."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from grants.desk.search.kinds import KINDS, Kind
from grants.platform.web.access import signed_in, viewer
from grants.platform.web.database import session

pages = Blueprint("search", __name__)

SHOWN = 6
"""Of each kind; the rest is one link away, in its list."""
LONGEST = 100


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind."""

    kind: Kind
    found: Sequence[Any]
    more: bool

    @property
    def exact(self) -> Sequence[Any]:
        """The records whose reference was typed whole."""
        wanted = _text().casefold()
        return [one for one in self.found if self.kind.reference(one).casefold() == wanted]


@pages.get("/search")
@signed_in
def index() -> ResponseReturnValue:
    """Results by kind; a whole reference leads to its record at once."""
    if not viewer().works_for_a_fund:
        abort(404)
    groups = list(_groups()) if _text() else []
    exact = [(group.kind, one) for group in groups for one in group.exact]
    if len(exact) == 1:
        kind, one = exact[0]
        return redirect(kind.page(one))
    return render_template("desk/search/index.html", text=_text(), groups=groups)


def _text() -> str:
    return " ".join(request.args.get("q", "").split())[:LONGEST]


def _groups() -> Iterator[Group]:
    """What this person finds, in the order of the kinds; a kind without results is left out."""
    for kind in KINDS:
        if not viewer().may(kind.permission):
            continue
        query = kind.find(session(), viewer(), _text()).order_by(None).order_by(kind.key.desc())
        found = session().scalars(query.limit(SHOWN + 1)).unique().all()
        if len(found) > SHOWN:  # the one with this very reference may be an older one
            whole = query.where(kind.column.in_((_text(), _text().upper())))
            found = [*dict.fromkeys([*session().scalars(whole.limit(1)), *found])]
        if found:
            yield Group(kind, found[:SHOWN], len(found) > SHOWN)
