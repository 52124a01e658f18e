"""Scenarios of a call: the list and their comparison, computing one, what one means."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.applying.applications.workflow import APPLICATION, ApplicationState
from grants.applying.calls.models import Call
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.kernel.money import Money
from grants.core.people.permissions import Permission
from grants.core.texts.formats import figure, percent, points
from grants.core.texts.marks import spaced
from grants.deciding.decisions.prospects import can
from grants.deciding.portfolio import scenarios
from grants.deciding.portfolio.forms import BOUNDS, limit_of, scenario_form
from grants.deciding.portfolio.models import Scenario
from grants.deciding.portfolio.scenarios import Effect, Line
from grants.deciding.portfolio.traits import COUNTRY, FIRST, REGION, labels_of
from grants.deciding.portfolio.views import call_to_rank, pages
from grants.platform.tables.cells import Inline, Link
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session

P, S = Permission, ApplicationState
COMPARED = 4
"""Scenarios side by side; a page of a desk holds no more."""
Labels = Mapping[str, tuple[str, str]]


def _labels_of(call: Call, lines: Sequence[Line]) -> Labels:
    return labels_of(call, [line.application.country or "" for line in lines])


@pages.get("/calls/<reference>/scenarios")
@needs(P.REVIEW_SEE)
def compare(reference: str) -> ResponseReturnValue:
    """The newest scenarios side by side: money, score, balance, and where the choice differs."""
    call = call_to_rank(reference)
    all_scenarios = list(scenarios.scenarios_of(session(), call))
    compared = _scenarios_in_address(all_scenarios) or all_scenarios[:COMPARED]
    lines = {chosen.id: scenarios.lines_of(session(), chosen, viewer()) for chosen in compared}
    labels = _labels_of(call, [line for some in lines.values() for line in some])
    return render_template(
        "deciding/portfolio/scenarios.html",
        call=call,
        all=all_scenarios,
        shown=compared,
        figures=[
            *_figure_rows(compared, lines),
            *([name, *map(_part_cell, values)] for name, values in _balance_rows(lines, labels)),
        ],
        differing=_differing_lines(lines),
        may_solve=viewer().may(P.AWARD_RECOMMEND, call.scope),
    )


def _scenarios_in_address(candidates: Sequence[Scenario]) -> list[Scenario]:
    """The scenarios that the address names."""
    numbers = request.args.getlist("with")
    return [candidate for candidate in candidates if str(candidate.id) in numbers][:COMPARED]


def _figure_rows(
    compared: Sequence[Scenario], lines: Mapping[int, Sequence[Line]]
) -> list[list[Any]]:
    """A row for each figure, a cell for each scenario."""
    pairs = [(scenario, Effect.of(lines[scenario.id])) for scenario in compared]
    figures: list[tuple[str, Callable[[Scenario, Effect], Any]]] = [
        (_("Open it"), lambda scenario, _effect: Link(scenario.name, _scenario_url(scenario))),
        (_("Amount available"), lambda scenario, _effect: scenario.envelope),
        (
            _("Share of the requested amount"),
            lambda scenario, _effect: percent(scenario.share / 100),
        ),
        (_("Applications chosen"), lambda _scenario, effect: effect.number),
        (_("Amount awarded"), lambda _scenario, effect: effect.amount),
        (_("Total score"), lambda scenario, _effect: points(scenario.score)),
        (_("Average score"), lambda _scenario, effect: points(effect.average)),
        (_("Rules that lower the score"), lambda scenario, _effect: _binding_rules(scenario)),
    ]
    return [[name, *(cell(*pair) for pair in pairs)] for name, cell in figures]


def _scenario_url(scenario: Scenario) -> str:
    return url_for("portfolio.scenario", reference=scenario.call.reference, number=scenario.id)


def _binding_rules(scenario: Scenario) -> str:
    if not scenario.rules:
        return ""
    num, count = len(scenario.binding), len(scenario.rules)
    return ngettext("%(num)s of %(count)s", "%(num)s of %(count)s", num, count=count)


def _balance_rows(
    lines: Mapping[int, Sequence[Line]], labels: Labels
) -> list[tuple[str, list[tuple[int, Money] | None]]]:
    """Regions and first grants in each scenario: number and money, a row for each that occurs."""
    effects = [Effect.of(some).by_trait for some in lines.values()]
    return [
        (spaced(":").join(labels[trait]), [effect.get(trait) for effect in effects])
        for trait in labels
        if trait.split("=")[0] in {REGION, FIRST} and any(trait in effect for effect in effects)
    ]


def _part_cell(number_and_money: tuple[int, Money] | None) -> Inline | None:
    return number_and_money and Inline((number_and_money[0], figure(number_and_money[1])))


def _differing_lines(lines: Mapping[int, Sequence[Line]]) -> list[tuple[Line, list[str]]]:
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
    remaining = scenarios.left_of_envelope(session(), call)
    form = scenario_form(call, labels, remaining, _begin_from(call))
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            solved = scenarios.solve_scenario(opened, call, form.asked(), this_act())
        if outcome:
            flash(_("The selection has been computed."), "success")
            return redirect(url_for("portfolio.scenario", reference=reference, number=solved.id))
    return render_template(
        "deciding/portfolio/solve.html",
        call=call,
        form=form,
        count=count,
        left=remaining,
    )


def _begin_from(call: Call) -> Scenario | None:
    number = request.args.get("from", "")
    if not number.isdecimal():
        return None
    return scenarios.scenario_of(session(), call, int(number))


@pages.get("/calls/<reference>/scenarios/<int:number>")
@needs(P.REVIEW_SEE)
def scenario(reference: str, number: int) -> ResponseReturnValue:
    """One scenario: what is chosen, which rules bind and what they cost, who is passed over."""
    call = call_to_rank(reference)
    record = scenarios.scenario_of(session(), call, number)
    lines = scenarios.lines_of(session(), record, viewer())
    labels = _labels_of(call, lines)
    return render_template(
        "deciding/portfolio/scenario.html",
        call=call,
        scenario=record,
        lines=lines,
        effect=Effect.of(lines),
        balance=_balance_rows({record.id: lines}, labels),
        countries=len({t for line in lines if line.chosen for t in line.traits if _is_country(t)}),
        rules=_rules_in_words(record, labels),
        passed_over=scenarios.passed_over(lines),
        states=APPLICATION.names,
        may_solve=viewer().may(P.AWARD_RECOMMEND, call.scope),
        to_recommend=_application_ids(lines, chosen=True),
        to_reserve=_application_ids(lines, chosen=False),
    )


def _is_country(trait: str) -> bool:
    return trait.startswith(f"{COUNTRY}=")


def _rules_in_words(record: Scenario, labels: Labels) -> list[dict[str, object]]:
    """The rules in words, with what each one costs where it binds."""
    bounds = {key: str(text) for key, text in BOUNDS}
    return [
        {
            "about": spaced(":").join(labels.get(rule["trait"], (rule["trait"],))),
            "bound": bounds[rule["bound"]],
            "limit": limit_of(rule),
            "cost": Decimal(record.binding.get(str(number), 0)),
        }
        for number, rule in enumerate(record.rules, 1)
    ]


def _application_ids(lines: Sequence[Line], *, chosen: bool) -> list[int]:
    """The chosen applications that may be recommended; or the others that are only reviewed."""
    some = [line.application for line in lines if line.chosen is chosen]
    if chosen:
        return [application.id for application in some if can(application, "recommend")]
    return [application.id for application in some if application.state is S.REVIEWED]
