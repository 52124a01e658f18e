"""Each act asks whether its author may take it, keeps the organisation’s own people apart, and is
written on the trail.
"""

import ast
from collections.abc import Mapping

from tests.rules import source
from tests.rules.act_exceptions import NOT_KEPT_APART, NOT_ON_THE_TRAIL, WITHOUT_A_ROLE
from tests.rules.calls import Place, is_act, leading_to, module_of, naming, uses

ADVANCE = "grants.core.audit.advance"
APART = ("grants.core.people.viewer", "keep_apart")
ASKING = {(ADVANCE, "advance"), (ADVANCE, "require")}
WRITING = {(ADVANCE, name) for name in ("advance", "begin", "begin_all", "record")}
QUESTIONS = {"demand", "may", "organisations_with", "system"}
"""What an act or its author is asked."""


def acts_of(trees: Mapping[str, ast.Module]) -> set[Place]:
    """Every act of the application, whatever its file is called."""
    return {
        (module_of(path), node.name)
        for path, tree in trees.items()
        for node in tree.body
        if is_act(node)
    }


def without_a_question(trees: Mapping[str, ast.Module]) -> set[str]:
    """Acts that nowhere ask whether their author may take them."""
    asking = leading_to(uses(trees), ASKING | naming(trees, QUESTIONS))
    return {_short_name(place) for place in acts_of(trees) - asking}


def off_the_trail(trees: Mapping[str, ast.Module]) -> set[str]:
    """Acts that nowhere write on the trail."""
    return {_short_name(place) for place in acts_of(trees) - leading_to(uses(trees), WRITING)}


def within_the_organisation(trees: Mapping[str, ast.Module]) -> set[str]:
    """Acts that people of the organisation may take, in rooms where others are kept from them."""
    graph = uses(trees)
    rooms = {module for (module, _act), named in graph.items() if APART in named}
    acts = {(module, act) for module, act in acts_of(trees) if module in rooms}
    return {_short_name(place) for place in acts - leading_to(graph, {APART})}


def _short_name(place: Place) -> str:
    module, act = place
    return f"{module.removeprefix('grants.').removesuffix('.service')}.{act}"


def test_each_act_asks_whether_its_author_may_take_it() -> None:
    acts = without_a_question(source.modules())
    assert acts - WITHOUT_A_ROLE.keys() == set(), (
        "call act.demand(…), or say in WITHOUT_A_ROLE why not"
    )
    assert WITHOUT_A_ROLE.keys() - acts == set(), "they ask now: strike them"


def test_each_act_is_written_on_the_trail() -> None:
    acts = off_the_trail(source.modules())
    assert acts - NOT_ON_THE_TRAIL.keys() == set(), (
        "call record(…) or advance(…), or say here why not"
    )
    assert NOT_ON_THE_TRAIL.keys() - acts == set(), "they are written now: strike them"


def test_who_acts_for_an_organisation_is_kept_apart_from_each_act_of_the_fund() -> None:
    acts = within_the_organisation(source.modules())
    assert acts - NOT_KEPT_APART.keys() == set(), "call keep_apart(…), or say here why not"
    assert NOT_KEPT_APART.keys() - acts == set(), "they are kept apart now: strike them"


def test_an_act_beside_others_that_keep_apart_is_told() -> None:
    text = """
from grants.core.people.viewer import keep_apart
def hold(session: Session, visit: Visit, act: Act) -> None:
    keep_apart(act.actor, visit.organisation_id)
def postpone(session: Session, visit: Visit, act: Act) -> None: ...
"""
    trees = {"grants/deciding/visits/service.py": ast.parse(text)}
    assert within_the_organisation(trees) == {"deciding.visits.postpone"}


def test_an_act_that_neither_asks_nor_is_written_is_told() -> None:
    begun = "from grants.core.audit.advance import record\n"
    head = "def note(session: Session, donor: Donor, act: Act) -> None:\n    "
    for body, faults in {
        "donor.notes = ''": ({"giving.donors.note"}, {"giving.donors.note"}),
        "record(session, donor, 'note', act)": ({"giving.donors.note"}, set()),
        "act.demand(Permission.DONOR_EDIT, None)": (set(), {"giving.donors.note"}),
        "_note_all(session, donor, act)": (set(), set()),
    }.items():
        within = "\n\ndef _note_all(session, donor, act):\n    act.demand(P.DONOR_EDIT, None)\n"
        within += "    record(session, donor, 'note', act)"
        trees = {"grants/giving/donors/service.py": ast.parse(begun + head + body + within)}
        assert (without_a_question(trees), off_the_trail(trees)) == faults, body
