"""The database's own rules, bound to the trail: triggers, functions, constraints.

`flask setup` writes their hashes in a row of the trail after each migration. A trigger whose body
was replaced still has its name; its hash tells.
"""

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from grants.core.audit.models import TrailRow
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _

ACTION = "bind_rules"
RULES = "rules"


def present_rules(session: Session) -> dict[str, str]:
    """Every rule and the SHA-256 of what it says."""
    return dict(session.execute(_PRESENT_RULES).all())


# What a CHECK says is written differently after a restoration; that it is there counts.
_PRESENT_RULES = text(
    "SELECT 'trigger ' || tgname || ' on ' || relname AS name,"
    " encode(sha256(convert_to(pg_get_triggerdef(pg_trigger.oid) || tgenabled::text, 'UTF8')),"
    " 'hex')"
    " FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
    " WHERE relnamespace = 'public'::regnamespace AND NOT tgisinternal"
    " UNION ALL SELECT 'function ' || oid::regprocedure::text, encode(sha256(convert_to("
    "   concat_ws('|', prosrc, provolatile, prosecdef, proconfig), 'UTF8')), 'hex')"
    " FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'"
    " UNION ALL SELECT 'constraint ' || conname || ' on ' || relname, encode(sha256(convert_to("
    "   concat_ws('|', contype, convalidated, condeferrable), 'UTF8')), 'hex')"
    " FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid"
    " WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'u', 'x', 'f', 'p')"
    " ORDER BY 1"
)


def bound(session: Session) -> dict[str, str] | None:
    """The rules as they were after the last migration; None: never bound."""
    facts = session.scalar(
        text(
            "SELECT facts -> 'rules' FROM trail WHERE subject = 'binding'"
            " AND action = 'bind_rules' ORDER BY id DESC LIMIT 1"
        )
    )
    return dict(facts) if facts is not None else None


def bind(session: Session) -> list[TrailRow]:
    """Write the rules as they are into the trail, if they are other ones than were bound."""
    rules = present_rules(session)
    if bound(session) == rules:
        return []
    row = TrailRow(
        at=clock.wall(),
        mark="trail",
        subject="binding",
        subject_id=0,
        action=ACTION,
        facts={RULES: rules},
    )
    session.add(row)
    session.flush()
    return [row]


def breaches(session: Session) -> Iterator[str]:
    """A sentence for each rule that is not as the last migration left it."""
    expected = bound(session)
    if expected is None:
        return
    present = present_rules(session)
    for name in sorted(expected.keys() | present.keys()):
        if name not in present:
            yield _("The rule “%(rule)s” of the database is missing.", rule=name)
        elif name not in expected:
            yield _("The rule “%(rule)s” was added to the database by hand.", rule=name)
        elif present[name] != expected[name]:
            yield _("The rule “%(rule)s” of the database was replaced.", rule=name)
