"""The code keeps the house's rules, and each rule catches the fault it is there for."""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.rules import source
from tests.rules.source import Finder, faults, planted

RULES: list[tuple[Finder, str]] = [
    (source.state_writes, "pledge.state = 'signed'"),
    (source.state_writes, "setattr(pledge, 'state', 'signed')"),
    (source.state_writes, "session.execute(update(Pledge).values(state='signed'))"),
    (source.lists_of_all_funds, "RUNS.of(session(), runs_for(viewer()), 'runs')"),
    (source.web_beside_acts, "import flask\ndef sign(session: Session) -> None: ..."),
    (source.web_beside_acts, "from flask import g\ndef sign(session: Session) -> None: ..."),
    (source.private_names, "from sqlalchemy.orm.persistence import _save_obj"),
    (source.private_names, "import multiprocessing._private"),
    (source.private_names, "multiprocessing.forkserver._forkserver.ensure_running()"),
    (source.private_names, "session._register_persistent({state})"),
    (source.commits, "session.commit()"),
    (source.environment_reads, "import os\nos.environ['HOME']"),
    (source.clock_reads, "datetime.now()"),
    (source.clock_reads, "date.today()"),
    (source.loose_days, "opened_on = act.at.date()"),
    (source.loose_days, "Column(_l('Sent'), lambda r: r.submitted_at.date())"),
    (source.floats, "rate = float(text)"),
    (source.floats, "rate = 1.13"),
    (source.untranslated, "raise DomainError('No money left.')"),
    (source.untranslated, "name = TextField('Your name')"),
    (source.untranslated, "flash(f'Saved {name}')"),
    (source.untranslated, "Fact('audited_in', question='When were you audited?')"),
    (source.odd_names, "def lay_down(paper: Paper) -> None: ..."),
    (source.odd_names, "STILLBORN = 3"),
    (source.odd_names, "def send(toldBefore: str) -> None: ..."),
    (source.odd_names, "told = asked()"),
    (source.odd_prose, "def sign() -> None:\n    'Not by whoever approved it.'"),
    (source.odd_prose, "'Somebody has to look at it.'"),
    (source.odd_prose, "def send_all() -> None:\n    'The same for several people.'"),
    (source.odd_prose, "class Refusal:\n    'It does not answer.'"),
    (source.loose_states, "STANDING = (PledgeState.PLEDGED, PledgeState.SIGNED)"),
    (source.loose_states, "if pledge.state in {S.PLEDGED, S.SIGNED}: ..."),
    (source.loose_states, "in_states(viewer, P.PLEDGE_SEE, S.PLEDGED, S.SIGNED)"),
    (source.loose_states, "match state:\n    case S.PLEDGED | S.SIGNED: ..."),
]
STATES_FROM_ABOVE = {
    "grants/applying/applications/workflow.py": 1,
    "grants/applying/builder/trying_views.py": 1,
    "grants/applying/writing/views.py": 1,
    "grants/banking/reconciliation/open_items.py": 2,
    "grants/deciding/announcements/announcing.py": 2,
    "grants/deciding/announcements/archiving.py": 1,
    "grants/deciding/decisions/many_views.py": 1,
    "grants/deciding/awards/service.py": 1,
    "grants/deciding/board/order.py": 2,
    "grants/deciding/portfolio/ranking.py": 1,
    "grants/deciding/assigning/many.py": 1,
    "grants/deciding/screening/queries.py": 1,
    "grants/deciding/screening/views.py": 3,
    "grants/desk/dashboards/coming.py": 2,
    "grants/desk/dashboards/risks.py": 1,
    "grants/fundraising/funding_gap/planned_uses.py": 1,
    "grants/giving/outreach/results.py": 1,
    "grants/giving/totals/figures.py": 1,
    "grants/granting/agreements/before.py": 4,
    "grants/granting/agreements/many_views.py": 1,
    "grants/granting/agreements/next_steps.py": 2,
    "grants/granting/closure/many_views.py": 1,
    "grants/granting/performance/queries.py": 2,
    "grants/integrity/diligence/grantees.py": 2,
    "grants/integrity/diligence/service.py": 1,
    "grants/papers/statements/builders/grants/grant.py": 3,
    "grants/papers/statements/readers.py": 1,
    "grants/publishing/facts/calls.py": 1,
    "grants/publishing/facts/grants.py": 1,
}
"""How often a module still asks for a state of another room by name, mostly of a row that is no
record. The numbers only fall: say here what is left when one is gone.
"""


@pytest.mark.parametrize("finder", list(dict.fromkeys(finder for finder, _fault in RULES)))
def test_the_code_keeps_the_rule(finder: Finder) -> None:
    assert faults(finder) == []


@pytest.mark.parametrize(("finder", "fault"), RULES)
def test_the_rule_catches_a_planted_fault(finder: Finder, fault: str) -> None:
    assert planted(finder, fault)


def test_no_more_rooms_ask_for_a_state_of_a_room_below_by_name() -> None:
    found = faults(source.states_from_above)
    count = Counter(fault.partition(":")[0] for fault in found)
    assert count == STATES_FROM_ABOVE, [
        fault
        for fault in found
        if count[path := fault.partition(":")[0]] != STATES_FROM_ABOVE.get(path)
    ]


@pytest.mark.parametrize(
    "question", ["if part.state is InstalmentState.HELD: ...", "~(Instalment.state == S.HELD)"]
)
def test_a_state_of_a_room_below_is_caught_and_one_of_the_own_room_is_not(question: str) -> None:
    names = "from grants.granting.payments.workflow import InstalmentState\nS = InstalmentState\n"
    assert planted(source.states_from_above, names + question)
    own = "grants/granting/payments/service.py"
    assert not planted(source.states_from_above, names + question, own)


def test_the_rules_leave_honest_code_alone() -> None:
    honest = "raise DomainError(_('No money left.'))\nsession.flush()\nname = TextField(_l('Name'))"
    assert not [fault for finder, _fault in RULES for fault in planted(finder, honest)]


def worst(found: list[str]) -> str:
    """The ten modules with the most of these faults, each with its lines."""
    lines: dict[str, list[str]] = {}
    for fault in found:
        path, _colon, rest = fault.partition(":")
        lines.setdefault(path, []).append(rest)
    ranked = sorted(lines.items(), key=lambda item: -len(item[1]))
    return "\n".join(f"{path}: {'; '.join(places)}" for path, places in ranked[:10])


def vague_share(modules: Mapping[str, ast.Module]) -> tuple[float, list[str]]:
    """The share of vague names among all that variables and arguments get, and which they are."""
    names, vague = (
        [name for path, tree in modules.items() for name in finder(path, tree)]
        for finder in (source.bindings, source.vague_bindings)
    )
    return len(vague) / len(names), vague


def test_few_variables_are_called_by_a_pronoun_or_participle() -> None:
    share, vague = vague_share(source.modules())
    assert share < 0.01, f"name what they hold:\n{worst(vague)}"


def test_few_private_functions_have_one_word() -> None:
    short = faults(source.short_functions)
    assert len(short) < 200, f"name what they do:\n{worst(short)}"


def test_vague_names_are_told_with_their_places() -> None:
    code = "def _kept(found):\n    match found:\n        case [one, *rest]: return award\n"
    share, vague = vague_share({"grants/giving/notes.py": ast.parse(code)})
    assert share == 1
    assert worst(vague) == "grants/giving/notes.py: 1: found; 3: one; 3: rest"
    assert planted(source.short_functions, code) == ["grants/giving/pledges/service.py:1: _kept"]


def test_no_template_lists_states() -> None:
    found = [
        str(path.relative_to(source.ROOT))
        for path in (source.ROOT / "templates").rglob("*.html")
        if source.loose_in_template(path.read_text("utf-8"))
    ]
    assert found == [], "hand them a set of the workflow"


def test_no_template_shows_the_day_of_a_moment_in_utc() -> None:
    found = [
        str(path.relative_to(source.ROOT))
        for path in (source.ROOT / "templates").rglob("*.html")
        if source.LOOSE_DAY.search(path.read_text("utf-8"))
    ]
    assert found == [], "write {{ moment | day_of }}, or hand them a day"


def test_no_template_joins_names_without_keeping_each_apart() -> None:
    found = [
        str(path.relative_to(source.ROOT))
        for path in (source.ROOT / "templates").rglob("*.*")
        if source.JOINED_NAMES.search(path.read_text("utf-8"))
    ]
    assert found == [], "write {{ list | names }}, or draw a list with a <bdi> for each name"


def test_names_joined_in_a_template_are_seen() -> None:
    assert source.JOINED_NAMES.search("{{ people | map(attribute='name') | join(', ') }}")
    assert source.JOINED_NAMES.search("{{ organisation.other_names|join('; ') }}")
    assert not source.JOINED_NAMES.search("{{ people | map(attribute='name') | names }}")


def test_states_listed_in_a_template_are_seen() -> None:
    assert source.loose_in_template("{% if pledge.state in ('pledged', 'signed') %}")
    assert source.loose_in_template("{% set on = report.state.value not in ['due'] %}")
    assert not source.loose_in_template("{% if pledge.state in standing %}")


def cases_in_a_set(tree: ast.Module) -> Iterator[int]:
    """Lines where the cases of a test come from a set: each worker would have another order."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".parametrize"):
            for cases in node.args[1:2]:
                called = isinstance(cases, ast.Call) and ast.unparse(cases.func)
                if isinstance(cases, ast.Set | ast.SetComp) or called in {"set", "frozenset"}:
                    yield node.lineno


def test_the_cases_of_a_test_have_an_order() -> None:
    for path in sorted(Path(__file__).parents[1].rglob("test_*.py")):
        text = path.read_text("utf-8")
        if "parametrize" in text:
            assert not list(cases_in_a_set(ast.parse(text))), path


@pytest.mark.parametrize("cases", ["{1, 2}", "{one for one in RULES}", "set(RULES)"])
def test_cases_in_a_set_are_seen(cases: str) -> None:
    assert list(cases_in_a_set(ast.parse(f"pytest.mark.parametrize('one', {cases})"))) == [1]


def test_facts_of_an_e_mail_are_worded_for_its_recipient() -> None:
    assert source.faults(source.facts_in_the_writers_language) == []


@pytest.mark.parametrize(
    "fact", ["plain_day(call.ends_on)", '_("Report")', "in_language(fund.name)"]
)
def test_facts_worded_for_the_writer_are_seen(fact: str) -> None:
    planted = f"tell(session, people, 'room/mail', act, event='e', day={fact})"
    assert source.planted(source.facts_in_the_writers_language, planted)
