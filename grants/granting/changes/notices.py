"""E-mails about changes: to those of the fund or of the organisation who must act or know."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund, people_of_organisation
from grants.deciding.awards.notices import facts_of_grant
from grants.granting.changes.models import GrantChange
from grants.granting.changes.workflow import ChangeState
from grants.platform.messages.service import Letter, Recipient, send_all

BY_JOB = frozenset({"agreed", "in_force", "stuck"})
"""What is written about what a job did too; of the rest, the room of the signatures tells."""


def tell_fund(
    session: Session, change: GrantChange, what: str, permission: Permission, act: Act
) -> None:
    """Tell the fund's people who do the next thing."""
    people = people_of_fund(session, permission, change.award.fund_id)
    _send_notice(session, change, people, what, act)


def tell_grantee(session: Session, change: GrantChange, what: str, act: Act) -> None:
    """Tell those of the organisation who ask for changes and sign them."""
    organisation_id = change.award.organisation_id
    people = people_of_organisation(session, organisation_id, Permission.GRANT_CHANGE_REQUEST)
    _send_notice(session, change, people, what, act)


def tell_effect(session: Session, change: GrantChange, act: Act) -> None:
    """Tell all who work on the grant for the organisation, also those who write its reports, that
    the new terms are in force, or from which day they are.
    """
    organisation_id = change.award.organisation_id
    writers = people_of_organisation(session, organisation_id, Permission.REPORT_WRITE)
    is_agreed = change.state is ChangeState.AGREED
    _send_notice(session, change, writers, "agreed" if is_agreed else "in_force", act)


def _send_notice(
    session: Session, change: GrantChange, people: Sequence[Person], what: str, act: Act
) -> None:
    """`version` tells apart the rounds of a change that goes back and forth."""
    if act.actor.system and what not in BY_JOB:
        return
    facts = {
        **facts_of_grant(change.award, f"/changes/{change.number}"),
        "kind": change.label,
        "number": change.number,
        "amendment": change.amendment,
        "effective_on": change.effective_on,
        "request": change.reason,
        "reason": act.reason,
    }
    event, name = f"grant_change:{change.id}:{what}:{change.version}", f"granting/changes/{what}"
    send_all(session, [Letter(Recipient.of(person), name, event, facts) for person in people])
