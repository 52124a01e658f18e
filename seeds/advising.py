"""The Board of Trustees: its members declare their interests, and advise in a session."""

from collections.abc import Collection, Sequence
from datetime import date

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.applying.calls.models import Call
from grants.core.funds.models import Fund
from grants.core.people.permissions import Role
from grants.deciding.decision_lists import service as decision_lists
from grants.deciding.interests import service as interests
from grants.deciding.interests.queries import interest_of, undeclared_in
from grants.deciding.sessions import service, sitting
from grants.deciding.sessions.models import BoardSession, Choice, Leaning
from grants.deciding.sessions.queries import items_of
from grants.deciding.sessions.service import Plan, TrusteeView
from grants.deciding.sessions.sitting import Ballot
from grants.platform.documents.service import keep
from grants.platform.file_checks.checks import Upload
from seeds.company import Company, days_after, on
from seeds.scans import page_saying

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


def prepare(
    company: Company, fund: Fund, applications: Sequence[Application], called: date, held: date
) -> BoardSession:
    """A session with its agenda, its trustees invited."""
    with on(called):
        act = company.act(Role.FUND_MANAGER)
        plan = Plan(
            held,
            "Vienna International Centre, room C3, and by video conference",
            [one.id for one in applications],
        )
        meeting = service.schedule(company.session, fund, plan, act)
        service.invite(company.session, meeting, act)
    return meeting


def hold(company: Company, meeting: BoardSession) -> None:
    """The Board sits, and the minutes are signed four days later."""
    sit(company, meeting)
    with on(days_after(meeting.held_on, 4)):
        act = company.act(Role.FUND_MANAGER)
        paper = keep(
            company.session,
            Upload("minutes-signed.pdf", page_saying("Minutes of the Board of Trustees. Signed.")),
            act,
        )
        service.attach_signed(company.session, meeting, paper, act)


def sign_decisions(company: Company, meeting: BoardSession, day: date) -> None:
    """The list of decisions comes back signed."""
    with on(day):
        act = company.act(Role.FUND_MANAGER)
        content = page_saying("List of decisions of the Board’s session. Signed.")
        paper = keep(company.session, Upload("decisions-signed.pdf", content), act)
        decision_lists.attach_signed(company.session, meeting, paper, act)


def sit(company: Company, meeting: BoardSession) -> None:
    """Everyone but the last trustee is present; one application in seven divides the Board."""
    trustees = company.people[Role.TRUSTEE][:-1]
    with on(meeting.held_on):
        act = company.act(Role.FUND_MANAGER)
        sitting.open_session(company.session, meeting, [one.id for one in trustees], act)
        for number, item in enumerate(items_of(company.session, meeting)):
            for place, trustee in enumerate(trustees):
                known = interest_of(company.session, item.application_id, trustee.id)
                if known is None or known.conflict:
                    continue
                against = number % 7 == 3 and place == 1
                choice = Choice.AGAINST if against else Choice.FOR
                why = "The costs for transport are too high." if against else ""
                ballot = Ballot(choice, item.amount, why)
                sitting.cast_vote(company.session, item, ballot, company.act_of(trustee))
        sitting.close_session(company.session, meeting, act)


def plant_sessions(company: Company, fund: Fund, recommended: Sequence[Application]) -> None:
    """Four more: one was called off and one is being prepared, one awaits the signature of its
    minutes, and one sits today.
    """
    today, later, signed_next = recommended
    called_off = prepare(
        company, fund, [later], days_after(company.today, -34), days_after(company.today, -27)
    )
    with on(days_after(company.today, -29)):
        why = "Three members of the Board cannot travel that week."
        service.cancel(company.session, called_off, company.act(Role.FUND_MANAGER, why))
    with on(days_after(company.today, -1)):
        place = "Vienna International Centre, room M4"
        plan = Plan(days_after(company.today, 41), place, [later.id])
        service.schedule(company.session, fund, plan, company.act(Role.FUND_MANAGER))
    held = days_after(company.today, -5)
    sit(company, prepare(company, fund, [signed_next], days_after(held, -14), held))
    meeting = prepare(company, fund, [today], days_after(company.today, -12), company.today)
    present = [one.id for one in company.people[Role.TRUSTEE][:4]]
    act = company.act(Role.FUND_MANAGER)
    sitting.open_session(company.session, meeting, present, act)


def give_opinions(company: Company, meeting: BoardSession, day: date) -> None:
    """Two trustees have answered before the session that is ahead."""
    for trustee in company.people[Role.TRUSTEE][1:3]:
        with on(day):
            for item in items_of(company.session, meeting):
                known = interest_of(company.session, item.application_id, trustee.id)
                if known is not None and not known.conflict:
                    said = TrusteeView(Leaning.ENDORSE, "A convincing plan.")
                    act = company.act_of(trustee)
                    service.give_opinion(company.session, item.application, said, act)
