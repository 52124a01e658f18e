"""Scenarios of a call: the list and their comparison, computing one, what one means."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.applying.applications.workflow import APPLICATION, ApplicationState
from grants.applying.calls.models import Call
from grants.core.kernel.formats import figure, percent, points
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.kernel.money import Money
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
from grants.platform.web.cells import Inline, Link
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
        figures=[
            *_figures(shown, lines),
            *([name, *map(_part, values)] for name, values in _balance(lines, labels)),
        ],
        differing=_differing(lines),
        may_solve=viewer().may(P.AWARD_RECOMMEND, call.scope),
    )


def _picked(found: Sequence[Scenario]) -> list[Scenario]:
    """Those that the address names."""
    named = request.args.getlist("with")
    return [one for one in found if str(one.id) in named][:COMPARED]


def _figures(shown: Sequence[Scenario], lines: Mapping[int, Sequence[Line]]) -> list[list[Any]]:
    """A row for each figure, a cell for each scenario."""
    effects = [(one, Effect.of(lines[one.id])) for one in shown]
    asked: list[tuple[str, Callable[[Scenario, Effect], Any]]] = [
        (_("Open it"), lambda one, _effect: Link(one.name, _address(one))),
        (_("Amount available"), lambda one, _effect: one.envelope),
        (_("Share of the requested amount"), lambda one, _effect: percent(one.share / 100)),
        (_("Applications chosen"), lambda _one, effect: effect.number),
        (_("Amount awarded"), lambda _one, effect: effect.amount),
        (_("Total score"), lambda one, _effect: points(one.score)),
        (_("Average score"), lambda _one, effect: points(effect.average)),
        (_("Rules that lower the score"), lambda one, _effect: _binding(one)),
    ]
    return [[name, *(cell(*each) for each in effects)] for name, cell in asked]


def _address(one: Scenario) -> str:
    return url_for("portfolio.scenario", reference=one.call.reference, number=one.id)


def _binding(one: Scenario) -> str:
    if not one.rules:
        return ""
    num, count = len(one.binding), len(one.rules)
    return ngettext("%(num)s of %(count)s", "%(num)s of %(count)s", num, count=count)


def _balance(
    lines: Mapping[int, Sequence[Line]], labels: Labels
) -> list[tuple[str, list[tuple[int, Money] | None]]]:
    """Regions and first grants in each scenario: number and money, a row for each that occurs."""
    effects = [Effect.of(some).by_trait for some in lines.values()]
    return [
        (": ".join(labels[trait]), [effect.get(trait) for effect in effects])
        for trait in labels
        if trait.split("=")[0] in {REGION, FIRST} and any(trait in effect for effect in effects)
    ]


def _part(found: tuple[int, Money] | None) -> Inline | None:
    return found and Inline((found[0], figure(found[1])))


def _differing(lines: Mapping[int, Sequence[Line]]) -> list[tuple[Line, list[str]]]:
    """Applications that some of the scenarios choose and others do not, the best score first."""
    first: dict[int, Line] = {}
    for some in lines.values():
        for line in some:
            first.setdefault(line.application.id, line)
    chosen = [{line.application.id for line in some if line.chosen} for some in lines.values()]
    rows = [(line, [key in ids for ids in chosen]) for key, line in first.items()]
    differing = [
        (line, [_("Chosen") if is_chosen else "–" for is_chosen in among])
        for line, among in rows
        if len(set(among)) > 1
    ]
    return sorted(differing, key=lambda row: (-row[0].score, row[0].application.id))


@pages.route("/calls/<reference>/scenarios/new", methods=["GET", "POST"])
@needs(P.AWARD_RECOMMEND)
def solve(reference: str) -> ResponseReturnValue:
    """Ask for the best selection within money and rules; `from` fills in an earlier question."""
    call = call_to_rank(reference, P.AWARD_RECOMMEND)
    candidates = scenarios.countries_of_candidates(session(), call)
    labels, count = labels_of(call, candidates), sum(candidates.values())
    left = scenarios.left_of_envelope(session(), call)
    form = scenario_form(call, labels, left, _begun(call))
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            made = scenarios.solve_scenario(opened, call, form.asked(), this_act())
        if outcome:
            flash(_("The selection has been computed."), "success")
            return redirect(url_for("portfolio.scenario", reference=reference, number=made.id))
    return render_template(
        "deciding/portfolio/solve.html",
        call=call,
        form=form,
        count=count,
        left=left,
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
