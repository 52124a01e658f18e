"""What a reviewer stepped aside from is on no page, in no file, search, export or e-mail."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.calls.models import Call
from grants.core.funds.models import Fund
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.deciding.reviews.queries import barred
from grants.deciding.reviews.service import declare_no_conflict, recuse, submit
from grants.platform.messages.models import Message
from tests.deciding.routes import read, routes
from tests.factories import (
    Team,
    a_closed_call,
    a_full_draft,
    a_submitted_application,
    a_team,
    act_of,
    an_organisation,
    assigned,
)
from tests.platform.web.client import SignInAs

LISTS = ("/reviews", "/search", "/decisions", "/applications", "/board", "/awards", "/calls/manage")


def an_application(session: Session, call: Call, name: str) -> Application:
    made = a_submitted_application(session, call, an_organisation(session, name))
    made.title = f"Plan of {name}" if name.startswith("Open") else "A shelter"  # may be known
    return made


def of_first_reviewer(
    session: Session, application: Application, team: Team, *, aside: bool
) -> None:
    """Asked of both; the first one steps aside, or scores."""
    own, _other = assigned(session, application, team)
    act = act_of(session, own.reviewer, "I advised them." if aside else None)
    if aside:
        recuse(session, own, act)
    else:
        declare_no_conflict(session, own, act)
        submit(session, own, a_full_draft(application), act)


def test_an_application_that_a_reviewer_stepped_aside_from_is_nowhere(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    team, call = a_team(session), a_closed_call(session, fund)
    hidden = an_application(session, call, "Hidden Harbour")
    shown = an_application(session, call, "Open Oasis")
    of_first_reviewer(session, hidden, team, aside=True)
    of_first_reviewer(session, shown, team, aside=False)
    session.commit()
    reviewer = team.reviewers[0]
    browser, tried = sign_in_as(reviewer), set()
    for one in (hidden, shown):
        values = {"reference": one.reference, "code": "UNVTF", "attached_id": 1}
        tried |= routes(browser, Role.REVIEWER, values | {"document": "submission"})
        tried |= {f"/documents/submission/{one.reference}.json"}
    tried |= routes(browser, Role.REVIEWER, {"reference": call.reference, "code": "UNVTF"})
    for path in LISTS:
        tried |= {path, f"{path}?format=csv", f"{path}?q=Hidden"}
    told = {path: read(browser, path) for path in sorted(tried)}
    assert [path for path, text in told.items() if "Harbour" in text] == []
    assert any("Open Oasis" in text for text in told.values())
    assert any(shown.reference in text for text in told.values())
    letters = session.scalars(select(Message).where(Message.person_id == reviewer.id)).all()
    assert letters
    assert not [letter for letter in letters if "Harbour" in letter.text]


def test_a_blind_call_shuts_no_application_of_another_call(session: Session, fund: Fund) -> None:
    team, plain, blind = a_team(session), a_closed_call(session, fund), a_closed_call(session, fund)
    blind.blind = True
    shut, shown = (an_application(session, call, "Open Oasis") for call in (blind, plain))
    for application in (shut, shown):
        own, _other = assigned(session, application, team)
        declare_no_conflict(session, own, act_of(session, own.reviewer))
    session.flush()
    reviewer = viewer_of(session, team.reviewers[0].id)
    assert reviewer
    open_ones = select(Application.id).where(
        Application.id.in_((shut.id, shown.id)), ~barred(reviewer)
    )
    assert session.scalars(open_ones).all() == [shown.id]
    nested = select(Call.id).where(
        Call.id.in_(select(Application.call_id).where(~barred(reviewer))),
        Call.id.in_((blind.id, plain.id)),
    )
    assert session.scalars(nested).all() == [plain.id]
