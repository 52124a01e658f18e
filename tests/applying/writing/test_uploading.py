"""Files of an application by pieces: whole in the end, refused as they would be in one piece."""

import io
import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import files_of
from grants.core.people.models import Person
from grants.platform.documents.arriving import Arriving
from tests.factories import an_organisation, member, writer_of
from tests.platform.documents.files import pdf
from tests.platform.web.client import SignInAs


@pytest.fixture
def browser(session: Session, draft: Application, sign_in_as: SignInAs) -> FlaskClient:
    person = session.get_one(Person, writer_of(session, draft).actor.person_id)
    session.commit()
    return sign_in_as(person)


def question_of(draft: Application) -> str:
    return next(q.key for q in draft.call.questionnaire.questions if q.kind == "files")


def piece(
    browser: FlaskClient, draft: Application, content: bytes, begin: int, size: int | None
) -> tuple[int, Any]:
    page = browser.get("/account").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    part = None if size is None else (io.BytesIO(content[begin : begin + size]), "piece")
    facts = {"csrf_token": token[1], "name": "Statutes.pdf", "mark": "1 2", "total": len(content)}
    answer = browser.post(
        f"/applying/{draft.reference}/questions/{question_of(draft)}/upload",
        data={**facts, "offset": begin, **({"piece": part} if part else {})},
        headers={"Accept": "application/json", "X-Autosave": "1"},
    )
    return answer.status_code, json.loads(answer.get_data())


def test_a_file_goes_up_by_pieces_and_goes_on_where_it_was(
    session: Session, draft: Application, browser: FlaskClient
) -> None:
    content = pdf()
    half = len(content) // 2
    assert piece(browser, draft, content, 0, None) == (200, {"received": 0})
    assert piece(browser, draft, content, 0, half) == (200, {"received": half})
    assert piece(browser, draft, content, 0, None) == (200, {"received": half})
    assert piece(browser, draft, content, 0, half) == (200, {"received": half})
    assert files_of(session, draft.id) == []
    done = {"received": len(content), "attached": True}
    assert piece(browser, draft, content, half, len(content)) == (200, done)
    (attached,) = files_of(session, draft.id)
    assert (attached.document.name, attached.question) == ("Statutes.pdf", question_of(draft))
    assert piece(browser, draft, content, 0, None) == (200, {"received": 0}), "nothing is left"


def test_another_tab_that_finishes_first_takes_nothing_from_this_one(
    session: Session, draft: Application, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, read = pdf(), Arriving.content
    with monkeypatch.context() as other_tab:
        other_tab.setattr(
            Arriving, "content", lambda arriving: (arriving.forget(), read(arriving))[1]
        )
        assert piece(browser, draft, content, 0, len(content)) == (200, {"received": 0})
    done = {"received": len(content), "attached": True}
    assert piece(browser, draft, content, 0, len(content)) == (200, done)
    assert len(files_of(session, draft.id)) == 1


def test_what_is_not_what_it_says_is_refused_with_the_reason(
    session: Session, draft: Application, browser: FlaskClient
) -> None:
    status, answer = piece(browser, draft, b"MZ no paper", 0, 20)
    assert status == 422
    assert "Statutes.pdf" in answer["message"]
    assert piece(browser, draft, b"MZ no paper", 0, None) == (200, {"received": 0})
    assert files_of(session, draft.id) == []


def test_nobody_uploads_to_the_draft_of_another_organisation(
    session: Session, draft: Application, sign_in_as: SignInAs
) -> None:
    stranger = member(session, an_organisation(session, "Otra"), name="Eve")
    session.commit()
    status, _answer = piece(sign_in_as(stranger), draft, pdf(), 0, None)
    assert status == 404
