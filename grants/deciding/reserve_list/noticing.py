"""Telling the secretariat that the reserve list can be funded: an award was cancelled or reduced,
or more money came.
"""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.kernel import clock
from grants.core.kernel.links import absolute
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund, viewer_of
from grants.deciding.awards.models import ReserveNotice
from grants.deciding.reserve_list.reserve import fundable, promotion_queue
from grants.platform.messages.service import Recipient, send


def tell_of_money(session: Session) -> int:
    """Write to those who recommend awards about each application on the reserve list for which
    there is money now, once until the money is gone again. Returns how many these are.
    """
    now = fundable(session)
    noticed = set(session.scalars(select(ReserveNotice.application_id)))
    session.execute(delete(ReserveNotice).where(ReserveNotice.application_id.in_(noticed - now)))
    news = now - noticed
    if news:
        session.add_all(
            ReserveNotice(application_id=application_id, noticed_at=clock.now())
            for application_id in news
        )
        funds = select(Application.fund_id).where(Application.id.in_(news)).distinct()
        for fund_id in session.scalars(funds).all():
            for person in people_of_fund(session, Permission.AWARD_RECOMMEND, fund_id):
                _notify_person(session, person, news)
    return len(news)


def _notify_person(session: Session, person: Person, news: set[int]) -> None:
    """Write to a person about the applications that they may open, and name no others."""
    viewer = viewer_of(session, person.id)
    assert viewer is not None
    visible = promotion_queue(viewer).where(Application.id.in_(news))
    applications: Sequence[Application] = session.scalars(visible.order_by(Application.id)).all()
    if not applications:
        return
    send(
        session,
        Recipient.of(person),
        "deciding/reserve_list/money_for_reserve",
        event=f"reserve:{applications[0].id}:{clock.now().isoformat()}",
        applications=applications,
        fund=applications[0].call.fund,
        url=absolute("/decisions?stage=promote"),
    )
