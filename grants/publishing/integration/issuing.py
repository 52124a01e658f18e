"""What an administrator makes for a program or a system of a fund: it lasts for a year at most,
its secret is shown once, and colleagues are told.
"""

from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund
from grants.platform.messages.service import Recipient, send

LONGEST = timedelta(days=366)


def is_within_a_year(day: date) -> bool:
    """May it last until this day?"""
    return clock.today() <= day <= clock.today() + LONGEST


def tell_colleagues(session: Session, fund: Fund, template: str, act: Act, **facts: Any) -> None:
    """The fund's other administrators and its managers read who made it, and what for."""
    people = {
        person.id: person
        for permission in (Permission.TOKEN_MAKE, Permission.FUND_DESCRIBE)
        for person in people_of_fund(session, permission, fund.id)
    }
    for person in people.values():
        if person.id != act.actor.person_id:
            send(session, Recipient.of(person), template, fund=fund, by=act.actor.name, **facts)
