"""Roles and permissions fit together."""

import ast
from collections.abc import Iterable

from flask import Flask

from grants.core.kernel.workflow import Step, Workflow
from grants.core.people.duties import DECISIONS, KEPT_APART, STEP_UP
from grants.core.people.permissions import OUTSIDE, Permission, Role
from grants.core.people.role_permissions import GRANTED
from grants.giving.pledges.workflow import PLEDGE
from grants.platform.web.steps import all_workflows
from seeds.company import sign_ins
from tests.rules import source


def test_every_role_holds_something() -> None:
    assert set(GRANTED) == set(Role), "give it permissions in GRANTED"
    assert all(GRANTED.values())


def test_every_permission_is_held_by_somebody() -> None:
    held = frozenset().union(*GRANTED.values())
    assert set(Permission) - held == set()


def test_no_role_both_makes_and_checks() -> None:
    both = [
        (role, first, second)
        for role, held in GRANTED.items()
        for first, second, _words in KEPT_APART
        if held >= {first, second}
    ]
    assert both == []


def test_a_role_outside_the_secretariat_decides_nothing() -> None:
    decisions = {
        Permission.PLEDGE_SIGN,
        Permission.CONTRIBUTION_RECORD,
        Permission.SCREENING_DECIDE,
        Permission.AWARD_APPROVE,
        Permission.INSTALMENT_RELEASE,
        Permission.REPORT_ACCEPT,
        Permission.DUE_DILIGENCE_DECIDE,
        Permission.SANCTIONS_RESOLVE,
    }
    assert not [role for role in OUTSIDE if GRANTED[role] & decisions]


NO_DECISIONS = {
    Permission.PEOPLE_INVITE: "another person confirms the appointment",
    Permission.REVIEW_WRITE: "a review is one of several, and the secretariat decides",
}
"""What is kept apart, or asks again who sits there, and decides nothing all the same."""


def test_what_checks_another_or_asks_again_is_a_decision() -> None:
    checks = STEP_UP | {second for _first, second, _words in KEPT_APART}
    assert checks - DECISIONS == NO_DECISIONS.keys(), "name it in DECISIONS, or say here why not"


def test_permissions_are_named_room_and_verb() -> None:
    assert all(len(permission.value.split(":")) == 2 for permission in Permission)


def test_every_permission_is_asked_for() -> None:
    unused = {permission.name for permission in Permission} - source.permissions_used()
    assert not unused, "mark a page with it (@needs), or name it on a step of a workflow"


def test_a_permission_that_nothing_asks_for_is_told() -> None:
    tree = ast.parse("@needs(P.PLEDGE_SEE)\ndef show(): act.demand(Permission.PLEDGE_SIGN, None)")
    assert set(source.members_of(tree, {"Permission", "P"})) == {"PLEDGE_SEE", "PLEDGE_SIGN"}


def test_every_role_can_be_given() -> None:
    lost = {role.name for role in Role} - {*source.faults(source.roles_given)}
    assert not lost, "let a page or a command appoint people to it"


def test_which_roles_a_call_gives_is_read_from_it() -> None:
    outside = {role.name for role in OUTSIDE}
    every = {role.name for role in Role}
    calls = {
        "appoint(session, person, Role.DONOR, organisation=donor)": {"DONOR"},
        "appoint(session, person, Role(form.role.data), organisation=own)": outside,
        "appoint(session, person, form.role.data, fund=fund)": every - outside,
        "disappoint(session, person, Role.DONOR)": set(),
    }
    for call, roles in calls.items():
        assert {*source.planted(source.roles_given, call)} == roles


def test_somebody_of_every_role_is_in_the_demonstration() -> None:
    shown = {role for role, _email in sign_ins()}
    assert len(shown) == len(Role), "add a person of each role to STAFF in seeds/cast.py"


ONE_DUTY = {
    "INSTALMENT_APPROVE": "a set-off is the part of a payment that is not sent",
    "INSTALMENT_CERTIFY": "a set-off is the part of a payment that is not sent",
    "CONTRIBUTION_RECORD": "the money of an express gift is what confirms it",
    "DONOR_EDIT": "a consent that a donor gave on paper belongs to what is known of the donor",
    "PLEDGE_SIGN": "who signs for a donor answers what the fund proposes about its earmark",
    "REFUND_REQUEST": "the claim of a finding is the letter that asks the money back",
    "AGREEMENT_SIGN": "who sends an agreement out words its clauses and signs it for the fund",
    "APPLICATION_SUBMIT": "an answer to a clarification belongs to the submitted application",
    "APPLICATION_SIGN": "who signs for an organisation signs its agreements too",
    "GRANT_CLOSING_APPROVE": "the write-off closes the grant, and ends what was asked back of it",
    "AWARD_ADVISE": "a session of the Board, its list and the advice are one record of the Board",
    "AWARD_APPROVE": "the award is the approval of the application, and its terms are part of it",
    "AWARD_RECOMMEND": "the choice within the money of a call is how several are recommended",
    "BANK_ACCOUNT_EDIT": "an account is opened, described and closed by the same keeper",
    "BANK_ACCOUNT_APPROVE": "the ledger keeps the details that the approval puts in force",
    "BOARD_SIT": "a trustee declares interests in order to vote",
    "CALL_EDIT": "the form is a part of the call",
    "CALL_OPEN": "what ends with a call, and the letters of its results, are steps of the call",
    "DUE_DILIGENCE_DECIDE": "flags and matches are findings of the examination",
    "DUE_DILIGENCE_RECOMMEND": "references, other grants and flags are evidence of the examination",
    "FUND_DESCRIBE": "how papers are signed is told where the fund is described",
    "FINDING_OVERSEE": "who sees to it that findings are answered says which grants are looked at",
    "GRANT_CHANGE_REQUEST": "who asks for other terms of a grant accepts those that are offered",
    "INSTALMENT_RELEASE": "a debit of the bank is recorded as the payment that it is",
    "OUTREACH_RECORD": "an appeal is a means of a campaign",
    "OUTREACH_SEND": "an appeal is a means of a campaign",
    "PEOPLE_CONFIRM": "a lost second factor is replaced as an office is given: by two",
    "PLEDGE_APPROVE_CHANGE": "taking a pledge back is the largest change of it",
    "PLEDGE_MAKE": "a donor keeps its contacts for its pledges",
    "REPORT_ACCEPT": "a grant closes with the last accepted report",
    "REPORT_WRITE": "who reports on a grant prepares its budget and finances",
    "REVIEW_ASSIGN": "reviews are states of the application that is reviewed",
    "REVIEW_WRITE": "reviews are states of the application that is reviewed",
    "SCREENING_DECIDE": "clarifications and visits are means of screening",
    "TOKEN_MAKE": "who lets another system in also has it notified of what happens",
}
"""Permissions asked for in several places: why these are one duty of one person."""


def duties(workflows: Iterable[Workflow], demands: dict[str, set[str]]) -> dict[str, set[str]]:
    """What each permission opens: workflows whose steps name it, and other rooms that demand it.

    `demands` has, for each room such as "banking.accounts", what its acts demand.
    """
    opened: dict[str, set[str]] = {}
    rooms: dict[str, set[str]] = {}
    for workflow in workflows:
        for step in workflow.steps:
            opened.setdefault(step.permission.name, set()).add(workflow.subject)
            rooms.setdefault(step.permission.name, set()).add(_room_of(step))
    for room, names in demands.items():
        for name in names:
            if room not in rooms.get(name, ()):
                opened.setdefault(name, set()).add(room)
    return opened


def _room_of(step: Step) -> str:
    return ".".join(step.act.split(".")[:2])


def _demands() -> dict[str, set[str]]:
    demands: dict[str, set[str]] = {}
    for path, tree in source.modules().items():
        room = ".".join(path.split("/")[1:3])
        demands.setdefault(room, set()).update(source.permissions_demanded(tree))
    return demands


def test_a_permission_lets_one_thing_be_done(app: Flask) -> None:
    opened = duties(all_workflows(), _demands())
    several = {name: places for name, places in opened.items() if len(places) > 1}
    new = {name: sorted(places) for name, places in several.items() if name not in ONE_DUTY}
    assert new == {}, "divide it, or say in ONE_DUTY why this is one duty of one person"
    assert ONE_DUTY.keys() <= several.keys(), "no longer asked for in several places: take it out"


def test_a_permission_that_lets_two_things_be_done_is_told(app: Flask) -> None:
    demanding = ast.parse("def sign(account, act): act.demand(Permission.PLEDGE_SIGN, None)")
    demands = {"banking.reconciliation": set(source.permissions_demanded(demanding))}
    assert duties([PLEDGE], demands)["PLEDGE_SIGN"] == {"pledge", "banking.reconciliation"}
    assert duties([PLEDGE], {"giving.pledges": {"PLEDGE_SIGN"}})["PLEDGE_SIGN"] == {"pledge"}
