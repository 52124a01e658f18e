"""Scenarios of a call: the list and their comparison, computing one, what one means."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.applying.applications.workflow import APPLICATION, ApplicationState
from grants.applying.calls.models import Call
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.deciding.awards.prospects import can
from grants.deciding.portfolio import scenarios
from grants.deciding.portfolio.forms import BOUNDS, limit_of, scenario_form
from grants.deciding.portfolio.models import Scenario
from grants.deciding.portfolio.scenarios import Effect, Line
from grants.deciding.portfolio.traits import COUNTRY, FIRST, REGION, labels_of
from grants.deciding.portfolio.views import call_to_rank, pages
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session

P, S = Permission, ApplicationState
COMPARED = 4
"""Scenarios side by side; a page of a desk holds no more."""
Labels = Mapping[str, tuple[str, str]]


def _labels(call: Call, lines: Sequence[Line]) -> Labels:
    return labels_of(call, [line.application.country or "" for line in lines])


@pages.get("/calls/<reference>/scenarios")
@needs(P.REVIEW_SEE)
def compare(reference: str) -> ResponseReturnValue:
    """The newest scenarios side by side: money, score, balance, and where the choice differs."""
    call = call_to_rank(reference)
    found = list(scenarios.scenarios_of(session(), call))
    shown = _picked(found) or found[:COMPARED]
    lines = {one.id: scenarios.lines_of(session(), one, viewer()) for one in shown}
    labels = _labels(call, [line for some in lines.values() for line in some])
    return render_template(
        "deciding/portfolio/scenarios.html",
        call=call,
        all=found,
        shown=shown,
        effects={key: Effect.of(some) for key, some in lines.items()},
        balance=_balance(lines, labels),
        differing=_differing(lines),
        may_solve=viewer().may(P.AWARD_RECOMMEND, call.scope),
    )


def _picked(found: Sequence[Scenario]) -> list[Scenario]:
    """Those that the address names."""
    named = request.args.getlist("with")
    return [one for one in found if str(one.id) in named][:COMPARED]


def _balance(
    lines: Mapping[int, Sequence[Line]], labels: Labels
) -> list[tuple[str, str, list[tuple[int, object] | None]]]:
    """Regions and first grants in each scenario: number and money, a row for each that occurs."""
    effects = [Effect.of(some).by_trait for some in lines.values()]
    return [
        (*labels[trait], [effect.get(trait) for effect in effects])
        for trait in labels
        if trait.split("=")[0] in {REGION, FIRST} and any(trait in effect for effect in effects)
    ]


def _differing(lines: Mapping[int, Sequence[Line]]) -> list[tuple[Line, list[bool]]]:
    """Applications that some of the scenarios choose and others do not, the best score first."""
    first: dict[int, Line] = {}
    for some in lines.values():
        for line in some:
            first.setdefault(line.application.id, line)
    chosen = [{line.application.id for line in some if line.chosen} for some in lines.values()]
    rows = [(line, [key in ids for ids in chosen]) for key, line in first.items()]
    differing = [(line, among) for line, among in rows if len(set(among)) > 1]
    return sorted(differing, key=lambda row: (-row[0].score, row[0].application.id))


@pages.route("/calls/<reference>/scenarios/new", methods=["GET", "POST"])
@needs(P.AWARD_RECOMMEND)
def solve(reference: str) -> ResponseReturnValue:
    """Ask for the best selection within money and rules; `from` fills in an earlier question."""
    call = call_to_rank(reference, P.AWARD_RECOMMEND)
    candidates = scenarios.candidates_of(session(), call)
    labels = labels_of(call, [one.country or "" for one in candidates])
    left = scenarios.left_of_envelope(session(), call)
    form = scenario_form(call, labels, left, _begun(call))
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            made = scenarios.solve_scenario(opened, call, form.asked(), this_act())
        if outcome:
            flash(_("The selection has been computed."), "success")
            return redirect(url_for("portfolio.scenario", reference=reference, number=made.id))
    return render_template(
        "deciding/portfolio/solve.html", call=call, form=form, count=len(candidates), left=left
    )


def _begun(call: Call) -> Scenario | None:
    number = request.args.get("from", "")
    if not number.isdecimal():
        return None
    return scenarios.scenario_of(session(), call, int(number))


@pages.get("/calls/<reference>/scenarios/<int:number>")
@needs(P.REVIEW_SEE)
def scenario(reference: str, number: int) -> ResponseReturnValue:
    """One scenario: what is chosen, which rules bind and what they cost, who is passed over."""
    call = call_to_rank(reference)
    found = scenarios.scenario_of(session(), call, number)
    lines = scenarios.lines_of(session(), found, viewer())
    labels = _labels(call, lines)
    return render_template(
        "deciding/portfolio/scenario.html",
        call=call,
        scenario=found,
        lines=lines,
        effect=Effect.of(lines),
        balance=_balance({found.id: lines}, labels),
        countries=len({t for one in lines if one.chosen for t in one.traits if _is_country(t)}),
        rules=_rules(found, labels),
        passed_over=scenarios.passed_over(lines),
        states=APPLICATION.names,
        may_solve=viewer().may(P.AWARD_RECOMMEND, call.scope),
        to_recommend=_rows(lines, chosen=True),
        to_reserve=_rows(lines, chosen=False),
    )


def _is_country(trait: str) -> bool:
    return trait.startswith(f"{COUNTRY}=")


def _rules(found: Scenario, labels: Labels) -> list[dict[str, object]]:
    """The rules in words, with what each one costs where it binds."""
    bounds = {key: str(text) for key, text in BOUNDS}
    return [
        {
            "about": ": ".join(labels.get(rule["trait"], (rule["trait"],))),
            "bound": bounds[rule["bound"]],
            "limit": limit_of(rule),
            "cost": Decimal(found.binding.get(str(number), 0)),
        }
        for number, rule in enumerate(found.rules, 1)
    ]


def _rows(lines: Sequence[Line], *, chosen: bool) -> list[int]:
    """The chosen applications that may be recommended; or the others that are only reviewed."""
    some = [line.application for line in lines if line.chosen is chosen]
    if chosen:
        return [one.id for one in some if can(one, "recommend")]
    return [one.id for one in some if one.state is S.REVIEWED]
