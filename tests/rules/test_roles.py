"""Roles and permissions fit together."""

from grants.core.people.permissions import GRANTED, OUTSIDE, Permission, Role

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
    assert set(GRANTED) == set(Role)
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
