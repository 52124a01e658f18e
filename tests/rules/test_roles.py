"""Roles and permissions fit together."""

import ast

from grants.core.people.permissions import GRANTED, KEPT_APART, OUTSIDE, Permission, Role
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
