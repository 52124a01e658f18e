"""The Board of Trustees: its members declare their interests, and advise in a session."""

from collections.abc import Collection
from datetime import date

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.applying.calls.models import Call
from grants.core.people.permissions import Role
from grants.deciding.interests import service as interests
from grants.deciding.interests.queries import undeclared_in
from seeds.company import Company, on

KNOWN = 11
"""Every eleventh application is of an organisation that one of the trustees knows."""


def declare_interests(
    company: Company,
    call: Call,
    day: date,
    late: Collection[ApplicationState] = (),
) -> None:
    """Each trustee declares on the reviewed applications of a call; the first one leaves those in
    `late` states for another day.
    """
    for place, trustee in enumerate(company.people[Role.TRUSTEE]):
        with on(day):
            act = company.act_of(trustee)
            shown = [
                one
                for one in undeclared_in(company.session, call, act.actor)
                if place or one.state not in late
            ]
            known = [one.id for one in shown if _knows(place, one)]
            nature = "I sat on the board of this organisation." if known else ""
            declaration = interests.Declaration([one.id for one in shown], known, nature)
            interests.declare(company.session, call, declaration, act)


def _knows(place: int, application: Application) -> bool:
    number = int(application.reference.rpartition("-")[2])
    return number % KNOWN == place + 5
