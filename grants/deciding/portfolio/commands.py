"""The choice between applications on the command line: reads a file, writes nothing."""

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from grants.core.kernel.language import gettext as _
from grants.core.kernel.terminal import FundCommand, read_text
from grants.deciding.portfolio.problem import Choice
from grants.deciding.portfolio.reading import as_json, read_problem
from grants.deciding.portfolio.solver import Infeasible, solve

portfolio = AppGroup("portfolio", help="Which applications to choose.")


@portfolio.command("solve", cls=FundCommand)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "in_json", is_flag=True, help="As JSON, for other programs.")
def solve_portfolio(file: Path, *, in_json: bool) -> None:
    """Select the candidates in FILE with the highest total score within its envelope and rules."""
    text = read_text(file)
    try:
        choice = solve(read_problem(text))
    except Infeasible as refusal:
        if in_json:
            click.echo(json.dumps({"clash": [rule.number for rule in refusal.rules]}))
        raise
    if in_json:
        click.echo(json.dumps(as_json(choice, as_text=_scores_are_texts(text)), ensure_ascii=False))
        return
    click.echo(_in_words(choice))


def _scores_are_texts(text: str) -> bool:
    return any(
        isinstance(candidate.get("score"), str) for candidate in json.loads(text)["candidates"]
    )


def _in_words(choice: Choice) -> str:
    facts = as_json(choice, as_text=True)
    lines = [
        *(str(name) for name in facts["chosen"]),
        _("Score %(score)s, amount %(amount)s.", score=facts["score"], amount=facts["amount"]),
    ]
    lines += [
        _("Rule %(number)s lowers the total score by %(score)s.", number=number, score=cost)
        for number, cost in facts["cost"].items()
    ]
    if not choice.optimal:
        lines.append(_("Time ran out, so there may be a better selection."))
    return "\n".join(lines)
