"""The ranking of a call, as a page and as a file."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import APPLICATION
from grants.applying.calls.models import Call
from grants.applying.calls.queries import call_for_viewer
from grants.books.ledger.earmarks import note_on
from grants.books.ledger.queries import balances
from grants.core.countries.countries import country_name
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.texts.marks import spaced
from grants.deciding.board.order import is_ranked
from grants.deciding.portfolio.ranking import (
    Ranked,
    Ranking,
    as_seen_by,
    part_of_ranking,
    ranking_of,
)
from grants.deciding.portfolio.records import records_of
from grants.deciding.reviews.stage_one import scores_of_notes
from grants.platform.tables.exports import FORMATS, download
from grants.platform.web.access import needs, viewer
from grants.platform.web.beside import beside
from grants.platform.web.database import session

pages = Blueprint("portfolio", __name__)
SIZE = 40
"""Lines of a page: each shows every review."""
LAST_PAGE = 10_000
"""No call has so many applications."""


def call_to_rank(reference: str, permission: Permission = Permission.REVIEW_SEE) -> Call:
    """A call whose reviews this person sees; Missing without the permission in its fund."""
    call = call_for_viewer(session(), reference, viewer())
    if not viewer().may(permission, call.scope):
        raise Missing(_("Call for proposals not found."))
    return call


def _may_rank(call: Call) -> bool:
    """Has it a ranking, and may this person see it?"""
    if not viewer().may(Permission.REVIEW_SEE, call.scope):
        return False
    return bool(session().scalar(select(is_ranked()).where(Call.id == call.id)))


@pages.get("/calls/<reference>/ranking")
@beside("call", _l("Ranking"), 20, _may_rank)
@needs(Permission.REVIEW_SEE)
def ranking(reference: str) -> ResponseReturnValue:
    """The ranking of a call, on the page or as a file."""
    call = call_to_rank(reference)
    ending = request.args.get("format", "")
    if ending in FORMATS:
        whole = ranking_of(session(), call)
        return _ranking_file(call, as_seen_by(session(), whole, call, viewer()), ending)
    number = min(max(request.args.get("page", 1, int), 1), LAST_PAGE)
    part = part_of_ranking(session(), call, viewer(), (number - 1) * SIZE, SIZE)
    if not part.of and number > 1:
        return redirect(url_for(".ranking", reference=reference))
    page_url = partial(url_for, ".ranking", reference=reference)
    return render_template(
        "deciding/portfolio/ranking.html",
        call=call,
        ranking=part.ranking,
        notes=scores_of_notes(
            session(), [line.candidate.application for line in part.ranking.lines]
        ),
        records=records_of(session(), part.ranking),
        of=part.of,
        earmarks=note_on(session(), call.fund, balances(session(), call.fund).available),
        previous=page_url(page=number - 1) if number > 1 else "",
        following=page_url(page=number + 1) if number * SIZE < part.of else "",
        states=APPLICATION.names,
        may_assign=viewer().may(Permission.REVIEW_ASSIGN, call.scope),
    )


def _ranking_file(call: Call, ranking: Ranking, ending: str) -> ResponseReturnValue:
    heads = [
        _("Rank"),
        _("Number"),
        _("Organisation"),
        _("Project"),
        _("Country"),
        _("Status"),
        _("Weighted score"),
        _("Adjusted score"),
        _("Spread"),
        _("Reviews"),
        _("Amount (USD)"),
        _("Running total (USD)"),
        _("Above the minimum score"),
        _("Within the total amount of the call"),
        _("Within the amount available"),
        *([_("Score of the concept note")] if call.is_second_stage else []),
    ]
    notes = scores_of_notes(session(), [line.candidate.application for line in ranking.lines])
    rows = (
        [*_cells_of(line), *_score_of_note(call, notes, line.candidate.application)]
        for line in ranking.lines
    )
    return download(f"ranking-{call.reference}", ending, heads, rows)


def _score_of_note(
    call: Call, notes: Mapping[int, Decimal], application: Application
) -> list[Decimal | None]:
    return [notes.get(application.id)] if call.is_second_stage else []


def _cells_of(line: Ranked) -> Iterator[Any]:
    candidate, application = line.candidate, line.candidate.application
    yield from (line.rank, application.reference, application.organisation.name, application.title)
    yield country_name(application.country or "")
    yield APPLICATION.names[application.state].staff
    yield from (candidate.average, candidate.adjusted, candidate.spread)
    yield spaced(";").join(f"{score.reviewer} {score.total}" for score in candidate.scores)
    yield from (candidate.amount, line.running)
    yield from (line.passes, line.within_envelope, line.within_available)
