"""Roles and permissions fit together."""

import ast

from grants.core.people.permissions import GRANTED, OUTSIDE, Permission, Role
from seeds.company import sign_ins
from tests.rules import source

NO_PAGE = "waits for the page on which staff are invited"
UNUSED = {
    "PEOPLE_INVITE": NO_PAGE,
    "TRAIL_SEE": "waits for the page of the trail",
}
"""Permissions that nothing asks for yet, and why."""
NOT_GIVEN = dict.fromkeys(
    (
        "FUND_MANAGER",
        "PROGRAMME_OFFICER",
        "FINANCE_OFFICER",
        "CERTIFYING_OFFICER",
        "APPROVING_OFFICER",
        "REVIEWER",
        "TRUSTEE",
        "AUDITOR",
        "OBSERVER",
    ),
    NO_PAGE,
)
"""Roles that no page and no command gives yet, and why."""

MAKER_AND_CHECKER = [
    (Permission.AWARD_RECOMMEND, Permission.AWARD_APPROVE),
    (Permission.AWARD_OVERRIDE, Permission.AWARD_APPROVE),
    (Permission.AWARD_ADVISE, Permission.AWARD_APPROVE),
    (Permission.REVIEW_ASSIGN, Permission.REVIEW_WRITE),
    (Permission.AWARD_APPROVE, Permission.AGREEMENT_SIGN),
    (Permission.SETTING_PROPOSE, Permission.SETTING_APPROVE),
    (Permission.RECEIVABLE_PROPOSE, Permission.RECEIVABLE_APPROVE),
    (Permission.INSTALMENT_CERTIFY, Permission.INSTALMENT_RELEASE),
    (Permission.PLEDGE_SIGN, Permission.CONTRIBUTION_RECORD),
    (Permission.APPLICATION_WRITE, Permission.SCREENING_DECIDE),
    (Permission.REPORT_WRITE, Permission.REPORT_ACCEPT),
    (Permission.DUE_DILIGENCE_RECOMMEND, Permission.DUE_DILIGENCE_DECIDE),
]


def test_every_role_holds_something() -> None:
    assert set(GRANTED) == set(Role), "give it permissions in GRANTED"
    assert all(GRANTED.values())


def test_every_permission_is_held_by_somebody() -> None:
    held = frozenset().union(*GRANTED.values())
    assert set(Permission) - held == set()


def test_no_role_both_makes_and_checks() -> None:
    both = [
        (role, pair)
        for role, held in GRANTED.items()
        for pair in MAKER_AND_CHECKER
        if held >= {*pair}
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


def test_permissions_are_named_room_and_verb() -> None:
    assert all(len(permission.value.split(":")) == 2 for permission in Permission)


def test_every_permission_is_asked_for() -> None:
    unused = {permission.name for permission in Permission} - source.permissions_used()
    forgotten = unused - UNUSED.keys()
    assert not forgotten, "mark a page with it (@needs), or name it on a step of a workflow"
    assert UNUSED.keys() <= unused, "it is used now: strike it from UNUSED"


def test_a_permission_that_nothing_asks_for_is_told() -> None:
    tree = ast.parse("@needs(P.PLEDGE_SEE)\ndef show(): act.demand(Permission.PLEDGE_SIGN, None)")
    assert set(source.members_of(tree, {"Permission", "P"})) == {"PLEDGE_SEE", "PLEDGE_SIGN"}


def test_every_role_can_be_given() -> None:
    lost = {role.name for role in Role} - {*source.faults(source.roles_given)}
    forgotten = lost - NOT_GIVEN.keys()
    assert not forgotten, "let a page or a command appoint people to it"
    assert NOT_GIVEN.keys() <= lost, "it can be given now: strike it from NOT_GIVEN"


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
