"""Pages of the sanctions list: its state, taking a new one, and deciding on matches."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.queries import trail_of
from grants.core.countries.countries import country_name
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.texts.marks import spaced
from grants.integrity.sanctions import matching
from grants.integrity.sanctions.failures import note_failure, standing_failure
from grants.integrity.sanctions.forms import HitFilter, ListForm, NameForm, ReasonForm
from grants.integrity.sanctions.models import SanctionsEntry, SanctionsHit, SanctionsList
from grants.integrity.sanctions.queries import (
    changes,
    count_open,
    entries_by_id,
    hit_by_id,
    hits,
    is_old,
    list_in_force,
    lists,
    progress,
)
from grants.integrity.sanctions.screening import Ground, screen
from grants.integrity.sanctions.service import take_list
from grants.integrity.sanctions.workflow import HIT, UNDECIDED, HitState
from grants.platform.tables.cases import from_list
from grants.platform.tables.columns import age
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.trail.words import ACTS
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.again import asks_again, files_ask_first
from grants.platform.web.database import session, transaction
from grants.platform.web.downloads import received
from grants.platform.web.steps import buttons, possible

pages = Blueprint("sanctions", __name__, url_prefix="/sanctions")


@pages.get("")
@needs(Permission.DUE_DILIGENCE_SEE)
def index() -> ResponseReturnValue:
    """The list in force, how old it is, and a look at a name."""
    form = NameForm()
    form.validate()
    newest = list_in_force(session())
    name = (form.q.data or "").strip()
    matches = screen(session(), [name], form.country.data) if name else []
    return render_template(
        "integrity/sanctions/index.html",
        form=form,
        name=name,
        found=[(match, _grounds_text(match.grounds)) for match in matches],
        entries=entries_by_id(session(), [match.entry_id for match in matches]),
        newest=newest,
        old=is_old(newest),
        failure=standing_failure(session()),
        days=(clock.now() - newest.generated_at).days if newest else 0,
        lists=lists(session()),
        compared=progress(session(), newest) if newest else (0, 0),
        waiting=session().scalar(count_open()),
        may_take=viewer().may(Permission.SANCTIONS_IMPORT),
    )


def _grounds_text(codes: tuple[str, ...] | list[str]) -> str:
    return " ".join(str(Ground.of(code).label) for code in codes)


@pages.route("/take", methods=["GET", "POST"])
@needs(Permission.SANCTIONS_IMPORT)
def take() -> ResponseReturnValue:
    """A newer list by its file."""
    form = ListForm()
    if form.validate_on_submit():
        upload = received(form.file.data)
        with attempt(form) as (opened, outcome):
            update = take_list(opened, upload.name, upload.content, this_act())
        if outcome:
            if update.new:
                flash(
                    _(
                        "The list is now in force. All donors and grantees under screening are "
                        "being checked against it."
                    ),
                    "success",
                )
            else:
                flash(_("This list is already in force. Nothing has changed."), "notice")
            return redirect(url_for("sanctions.index"))
        with transaction() as opened:
            note_failure(opened, upload.name, "\n".join(form.form_errors), this_act())
    return render_template("integrity/sanctions/take.html", form=form)


@pages.get("/lists/<int:list_id>")
@needs(Permission.DUE_DILIGENCE_SEE)
def changed(list_id: int) -> ResponseReturnValue:
    """What a list brought: who came, changed or went."""
    listing = session().get(SanctionsList, list_id)
    if listing is None:
        raise Missing(_("List not found."))
    rows = [(entry, _change_tag(entry, listing)) for entry in changes(session(), list_id)]
    return render_template("integrity/sanctions/changes.html", taken=listing, rows=rows)


def _change_tag(entry: SanctionsEntry, listing: SanctionsList) -> tuple[str, str]:
    if entry.delisted_at is not None:
        return _("Delisted"), "neutral"
    return (_("New"), "active") if entry.first_list_id == listing.id else (_("Changed"), "waiting")


HITS = Listing(
    columns=(
        Column(
            _l("Our record"),
            lambda h: h.ours,
            link=lambda h: from_list("sanctions.hit", hit_id=h.id),
        ),
        Column(_l("On the list"), lambda h: h.theirs),
        Column(_l("Organisation"), lambda h: h.organisation.name, worth="name"),
        Column(_l("Match score (out of 100)"), lambda h: h.score, kind="number", order="score"),
        Column(_l("Found"), lambda h: clock.day_of(h.found_at), kind="date"),
        Column(
            _l("Status"),
            lambda h: HIT.names[h.state].staff,
            tone=lambda h: HIT.names[h.state].tone,
        ),
        age(lambda h: h.found_at, lambda h: h.state in UNDECIDED),
        Column(_l("List’s reference"), lambda h: h.entry.reference, shown=False),
        Column(_l("Reason"), lambda h: h.reason, shown=False),
        Column(_l("Decided by"), lambda h: h.decided_by, shown=False),
    ),
    orders={
        "newest": Order(SanctionsHit.id, descending=True),
        "score": Order(SanctionsHit.score, SanctionsHit.id, descending=True),
    },
)


def _wanted_by(form: HitFilter) -> Select[SanctionsHit]:
    """The matches that the address asks for."""
    form.validate()
    return hits(HitState(form.state.data) if form.state.data else None)


@pages.get("/matches")
@needs(Permission.DUE_DILIGENCE_SEE)
@files_ask_first
def matches() -> ResponseReturnValue:
    """Possible matches, and what was decided on them."""
    form = HitFilter()
    listed = HITS.of(session(), _wanted_by(form), "matches")
    return listed.file or render_template(
        "integrity/sanctions/matches.html", listed=listed, form=form
    )


@pages.get("/matches/<int:hit_id>")
@needs(Permission.DUE_DILIGENCE_SEE)
def hit(hit_id: int) -> ResponseReturnValue:
    """One match: both sides, what makes them alike, what was decided."""
    match = hit_by_id(session(), hit_id)
    return render_template(
        "integrity/sanctions/hit.html",
        hit=match,
        listed=_listed_facts(match),
        in_list=HITS.beside(session(), _wanted_by(HitFilter()), match, "sanctions.matches"),
        name=HIT.names[match.state],
        grounds=[str(Ground.of(code).label) for code in match.grounds],
        trail=trail_of(session(), "sanctions_hit", match.id),
        names=HIT.names,
        words=ACTS,
        acts=buttons(match, HIT, hit_id=hit_id),
    )


PAPER = ("kind", "number", "country")


def _with_note(text: str, note: str | None) -> str:
    return f"{text} ({note})" if note else text


def _listed_facts(hit: SanctionsHit) -> list[tuple[str, Any]]:
    """What the list says about the person or organisation, as far as it says it."""
    entry = hit.entry
    names = [_with_note(alias["name"], alias.get("quality")) for alias in entry.aliases]
    papers = [" ".join(paper[key] for key in PAPER if paper.get(key)) for paper in entry.papers]
    facts = [
        (_("Name"), entry.name),
        (_("Matching name"), hit.theirs),
        (_("Type"), entry.kind.label),
        (_("Reference"), entry.reference),
        (_("Name in its own script"), entry.original),
        (_("Other names"), spaced(";").join(names)),
        (_("Born"), spaced(";").join(entry.births)),
        (_("Identity documents"), spaced(";").join(papers)),
        (_("Addresses"), spaced(";").join(entry.addresses)),
        (_("Countries"), spaced(",").join(country_name(code) for code in entry.countries)),
        (_("Titles"), entry.titles),
        (_("Listed on"), entry.listed_on),
        (_("Comments on the list"), entry.comments),
    ]
    return [(label, value) for label, value in facts if value]


DECISIONS: dict[str, Callable[[Session, SanctionsHit, Act], None]] = {
    "propose": matching.propose,
    "tell_apart": matching.tell_apart,
    "confirm": matching.confirm,
    "lift": matching.lift,
    "reopen": matching.reopen,
}


@pages.route("/matches/<int:hit_id>/<action>", methods=["GET", "POST"])
@needs(Permission.DUE_DILIGENCE_SEE)
@asks_again
def decide(hit_id: int, action: str) -> ResponseReturnValue:
    """A person decides on a match, for a reason."""
    match = hit_by_id(session(), hit_id)
    if action not in DECISIONS:
        raise Missing(_("Page not found."))
    possible(match, HIT)
    form = ReasonForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            DECISIONS[action](opened, match, this_act(form.reason.data))
        if outcome:
            flash(_("The decision and your reason have been recorded."), "success")
            return redirect(url_for("sanctions.hit", hit_id=hit_id))
    step = HIT.step(action)
    return render_template("integrity/sanctions/decide.html", form=form, hit=match, step=step)
