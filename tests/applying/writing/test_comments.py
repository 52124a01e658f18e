"""Colleagues comment on sections among themselves; nobody of the fund sees what they write."""

import re

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.submissions.service import submit
from grants.applying.writing.comments import comment, comments_on, open_comments, resolve
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError, Forbidden, Missing
from grants.core.people.permissions import Role
from tests.factories import (
    a_call,
    a_complete_draft,
    a_draft,
    act_of,
    member,
    staff,
    writer_of,
)
from tests.platform.web.client import SignInAs


@pytest.fixture
def application(session: Session, fund: Fund) -> Application:
    """A draft that could be submitted."""
    return a_complete_draft(session, a_call(session, fund))


def test_comments_are_open_until_a_colleague_has_dealt_with_them(
    session: Session, application: Application
) -> None:
    eva = member(session, application.organisation, Role.ORGANISATION_EDITOR, "Eva Paz")
    one = comment(session, application, "problem", " Is this figure new? ", act_of(session, eva))
    assert (one.text, open_comments(session, application)) == (
        "Is this figure new?",
        {"problem": 1},
    )
    luz = writer_of(session, application)
    two = comment(session, application, "problem", "Add the source.", luz)
    resolve(session, application, one.id, luz)
    assert one.resolved_by_id == luz.actor.person_id
    resolve(session, application, one.id, act_of(session, eva))
    assert one.resolved_by_id == luz.actor.person_id
    assert list(comments_on(session, application, "problem")) == [two, one]
    assert open_comments(session, application) == {"problem": 1}


def test_others_neither_write_nor_resolve_comments(
    session: Session, application: Application
) -> None:
    one = comment(session, application, "problem", "Ours.", writer_of(session, application))
    other = a_draft(session, application.call, name="Other House")
    manager = act_of(session, staff(session, Role.PROGRAMME_OFFICER))
    for stranger in (writer_of(session, other), manager):
        with pytest.raises(Forbidden):
            comment(session, application, "problem", "Mine.", stranger)
        with pytest.raises(Forbidden):
            resolve(session, application, one.id, stranger)
    with pytest.raises(Missing):
        resolve(session, other, one.id, writer_of(session, other))
    for text in (" ", "x" * 2001):
        with pytest.raises(DomainError):
            comment(session, application, "problem", text, writer_of(session, application))


def test_comments_are_written_on_the_section_and_shut_to_the_fund(
    session: Session, application: Application, sign_in_as: SignInAs
) -> None:
    eva = member(session, application.organisation, Role.ORGANISATION_EDITOR, "Eva Paz")
    officer = staff(session, Role.PROGRAMME_OFFICER)
    session.commit()
    browser, path = sign_in_as(eva), f"/applying/{application.reference}/sections/problem"
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(path).text)
    assert found
    browser.post(f"{path}/comments", data={"csrf_token": found[1], "text": "Only for us."})
    assert "Only for us." in browser.get(path).text
    assert "1 open comment" in browser.get(f"/applying/{application.reference}").text
    submit(session, application, writer_of(session, application))
    session.commit()
    desk = sign_in_as(officer)
    assert "Only for us." not in desk.get(f"/applications/{application.reference}").text
    assert desk.get(path).status_code in {403, 404}
