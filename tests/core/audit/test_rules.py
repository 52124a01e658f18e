"""The database's own rules, replaced or removed as somebody with all rights could."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from grants.core.audit import chain, rules

ATTACKS = {
    "a body that does nothing": "CREATE OR REPLACE FUNCTION forbid_change() RETURNS trigger"
    " LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "a missing trigger": "DROP TRIGGER posting_append_only ON posting",
    "a trigger that no list names": "DROP TRIGGER submission_append_only ON submission",
    "a trigger that is switched off": "ALTER TABLE trail DISABLE TRIGGER trail_append_only",
    "a trigger more": "CREATE TRIGGER mine BEFORE INSERT ON entry FOR EACH ROW"
    " EXECUTE FUNCTION forbid_change()",
    "a missing constraint": "ALTER TABLE advice DROP CONSTRAINT ck_advice_amount",
    "a trigger of another moment": "DROP TRIGGER entry_append_only ON entry;;"
    " CREATE TRIGGER entry_append_only AFTER DELETE ON entry"
    " FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()",
}


@pytest.fixture
def bound(session: Session) -> Session:
    chain.note(session, rules.bind(session))
    return session


def test_what_a_migration_left_is_no_breach(bound: Session) -> None:
    assert list(rules.breaches(bound)) == []
    assert list(chain.breaches(bound)) == []
    assert len(rules.present_rules(bound)) > 200


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_rule_that_was_changed_is_seen(bound: Session, attack: str) -> None:
    for statement in ATTACKS[attack].split(";;"):
        bound.execute(text(statement))
    assert len(list(rules.breaches(bound))) == 1


def test_rules_are_bound_again_only_when_they_are_others(bound: Session) -> None:
    assert rules.bind(bound) == []
