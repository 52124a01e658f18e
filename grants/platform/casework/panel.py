"""The panel beside a case: its owner, the remarks, one box to write in. Pages of records draw it by
`{{ casework('pledge', pledge.id) }}`, for people who may see it.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Flask, render_template, request
from markupsafe import Markup

from grants.core.kernel import clock
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.platform.casework import queries
from grants.platform.casework.cases import cases_for, may_see, share_a_fund
from grants.platform.casework.models import Remark
from grants.platform.casework.service import LONGEST
from grants.platform.forms.typed import counted
from grants.platform.web.access import viewer
from grants.platform.web.database import session


def install(app: Flask) -> None:
    """Let the templates of all rooms draw the panel."""
    app.jinja_env.globals["casework"] = panel_of


@dataclass(frozen=True, slots=True)
class Line:
    """A remark as this person reads it."""

    remark: Remark
    text: str
    mentions: list[str]
    withdraw: str
    """What its author may do with it now: hide it, mark it as withdrawn, or nothing."""


def panel_of(kind: str, number: int) -> Markup:
    """The panel of a case; nothing for people who may not see it."""
    person = viewer()
    if not person.may(Permission.CASEWORK_SEE):
        return Markup()
    case = cases_for(session(), person, {kind: [number]}).get((kind, number))
    if case is None:
        return Markup()
    writes = may_see(person, case, Permission.CASEWORK_WRITE)
    facts = queries.facts_beside(session(), case, person.person_id)
    start = counted(request.args.get("remark"))
    remarks = queries.remarks_on(session(), case, start) if facts.has_remarks else ()
    people = queries.colleagues(session(), case) if writes or remarks else []
    names = {colleague.person_id: colleague.name for colleague in people}
    return Markup(  # noqa: S704 - drawn by a template, which escapes
        render_template(
            "platform/casework/panel.html",
            case=case,
            owner_id=facts.owner_id,
            owner=facts.owner,
            me=person.person_id,
            writes=writes,
            people=people,
            offered=[each for each in people if case.scope or share_a_fund(person, each)],
            follows=facts.follows,
            lines=[_line_of(remark, person, names) for remark in remarks[: queries.REMARKS]],
            start=start,
            earlier=remarks[-1].id if len(remarks) > queries.REMARKS else None,
            longest=LONGEST,
            page=_page_from,
            back=request.full_path.rstrip("?"),
        )
    )


def _page_from(remark: int | None) -> str:
    """The page that is shown, with the remarks from this one on; None: from the newest."""
    terms = [term for term in request.args.items(multi=True) if term[0] != "remark"]
    start = [("remark", str(remark))] if remark else []
    return f"{request.path}?{urlencode(terms + start)}".rstrip("?")


def _line_of(remark: Remark, person: Viewer, names: dict[int | None, str]) -> Line:
    reads_all = not person.may(Permission.CASEWORK_WRITE)
    hidden = queries.is_hidden(remark) and not reads_all
    mine = remark.written_by_id == person.person_id and remark.withdrawn_at is None
    soon = clock.now() - remark.written_at <= queries.SOON
    return Line(
        remark,
        "" if hidden else remark.text,
        [names[number] for number in remark.mentioned if number in names],
        ("hide" if soon else "mark") if mine else "",
    )
