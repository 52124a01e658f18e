"""The place of an application in a queue that is worked off call by call, the best rank first."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.funds.models import Fund
from grants.core.people.models import Organisation
from grants.core.people.queries import viewer_of
from grants.deciding.board import order
from grants.deciding.board.order import Neighbours, neighbours
from grants.deciding.board.queries import recommendation_queue
from tests.factories import (
    a_closed_call,
    a_submitted_application,
    a_team,
    an_organisation,
    reviewed,
)


def test_next_and_previous_lead_through_every_call_in_the_order_of_its_ranking(
    session: Session, fund: Fund, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = a_team(session)
    calls = [a_closed_call(session, fund) for _ in range(4)]
    marks = {"Alba": (2, 3), "Brisa": (5, 5), "Casa": (5, 5)}
    for call, names in zip(
        calls, (["Alba"], ["Alba", "Brisa", "Casa"], ["Casa"], ["Brisa"]), strict=True
    ):
        for name in names:
            known = session.scalar(select(Organisation).filter_by(name=name))
            organisation = known or an_organisation(session, name)
            application = a_submitted_application(session, call, organisation)
            reviewed(session, application, team, marks[name])
    viewer = viewer_of(session, team.manager.id)
    assert viewer
    queue = recommendation_queue(viewer)
    told = [(calls[0], "Alba"), (calls[1], "Brisa"), (calls[1], "Casa"), (calls[1], "Alba")]
    told += [(calls[2], "Casa"), (calls[3], "Brisa")]
    in_order = [
        session.scalars(
            select(Application).where(
                Application.call_id == call.id, Application.organisation.has(name=name)
            )
        ).one()
        for call, name in told
    ]

    def places() -> Sequence[Neighbours | None]:
        return [neighbours(session, queue, one) for one in in_order]

    names = [one.reference for one in in_order]
    around = list(zip([None, *names[:-1]], [*names[1:], None], strict=True))
    assert places() == [Neighbours(n, 6, *both) for n, both in enumerate(around, 1)]
    waiting = a_submitted_application(session, calls[3], an_organisation(session, "Deva"))
    assert neighbours(session, queue, waiting) is None
    monkeypatch.setattr(order, "COUNTED", 3)
    assert places() == [Neighbours(0, 4, *both) for both in around], "too many to be counted"
    own = queue.where(Application.call_id == calls[1].id)
    assert neighbours(session, own, in_order[1]) == Neighbours(1, 3, None, names[2])
