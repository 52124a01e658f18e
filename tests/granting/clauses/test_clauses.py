"""A fund words the clauses of its agreements; each agreement keeps those it went out with."""

import io
from datetime import datetime, timedelta

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.granting.agreements.to_sign import send_agreement
from grants.granting.clauses.service import (
    clauses_of,
    proposal,
    text_of,
    versions_of,
    write_clauses,
)
from grants.granting.clauses.wording import Clause, read, written
from grants.granting.signing import service
from grants.papers.statements.catalogue import paper_of
from tests.factories import act_of
from tests.granting.agreements.test_pages import hidden
from tests.granting.agreements.test_pages import text_of as words_of
from tests.granting.signing.quick import quick_papers  # noqa: F401 - a fixture
from tests.granting.signing.scenes import sign_for_fund, sign_for_grantee
from tests.grants import Scene
from tests.platform.web.client import SignInAs

OWN = "# Purpose\nHelp survivors.\n\nNothing else.\n# Law\nNo privilege is waived."
words = st.text("abc #.", min_size=1, max_size=20).map(str.strip).filter(lambda w: w.strip("# "))
plain = words.filter(lambda w: not w.startswith("#")).map(lambda w: " ".join(w.split()))
headings = plain.map(lambda w: w.lstrip("#").strip()).filter(bool)


def write(scene: Scene, text: str = OWN, version: int = 0, language: str = "en") -> None:
    manager = act_of(scene.session, scene.people.manager)
    write_clauses(scene.session, scene.fund, language, text, manager, version=version)


@given(st.lists(st.builds(Clause, headings, st.lists(plain, min_size=1).map(tuple)), min_size=1))
def test_clauses_are_read_as_they_were_written(clauses: list[Clause]) -> None:
    assert list(read(written(clauses))) == clauses


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", "at least one clause"),
        ("Help survivors.", "Line 1 comes before"),
        ("# Purpose\n# Law\nNo.", "has no text"),
        ("# Purpose\nHelp.\n#\nNo.", "Line 3 is a heading without"),
        (f"# {'long ' * 30}\nHelp.", "too long"),
    ],
)
def test_what_cannot_be_numbered_is_refused_with_its_place(typed: str, fault: str) -> None:
    with pytest.raises(DomainError, match=fault):
        read(typed)


def test_a_fund_begins_with_the_proposal_in_every_language_there_is(scene: Scene) -> None:
    assert clauses_of(scene.session, scene.fund.id) == proposal("en")
    assert proposal("ar") != proposal("en")
    assert read(written(proposal("ar"))) == proposal("ar")


def test_each_version_is_another_row_and_only_of_the_fund_s_languages(scene: Scene) -> None:
    session = scene.session
    with pytest.raises(DomainError, match="have not changed"):
        write(scene, written(proposal("en")))
    with pytest.raises(DomainError, match="does not write in this language"):
        write(scene, language="xx")
    by = act_of(session, scene.people.finance)
    with pytest.raises(Forbidden):
        write_clauses(session, scene.fund, "en", OWN, by, version=0)
    write(scene)
    with pytest.raises(Conflict, match="changed this while"):
        write(scene, OWN + " None.")
    write(scene, OWN + " None.", version=1)
    assert [row.number for row in versions_of(session, scene.fund.id, "en")] == [2, 1]
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text("UPDATE clause_text SET number = 9"))


@pytest.mark.usefixtures("quick_papers")
def test_an_agreement_keeps_the_clauses_it_went_out_with(scene: Scene) -> None:
    session, reference = scene.session, scene.award.reference
    write(scene)
    signing = send_agreement(session, scene.award, "en", act_of(session, scene.people.manager))
    later = clock.now() + timedelta(minutes=1)
    with clock.at(later):
        write(scene, OWN + " None.", version=1)
        assert paper_of(session, "agreement", reference).facts.clauses == read(OWN)
        sign_for_grantee(scene, signing)
        sign_for_fund(scene, signing)
    assert paper_of(session, "agreement", reference).facts.clauses == read(OWN)
    now = text_of(session, scene.fund.id, "en")
    assert now is not None
    assert now.wording != read(OWN)


@pytest.mark.usefixtures("quick_papers")
def test_an_agreement_that_came_back_goes_out_with_the_clauses_of_today(scene: Scene) -> None:
    session, manager = scene.session, scene.people.manager
    signing = send_agreement(session, scene.award, "en", act_of(session, manager))
    service.withdraw(session, signing, act_of(session, manager, "The clauses are to change."))
    with clock.at(datetime.now(clock.zone()) + timedelta(minutes=1)):
        write(scene)
        paper = paper_of(session, "agreement", scene.award.reference)
    assert paper.facts.clauses == read(OWN)


def test_the_manager_writes_looks_and_saves(scene: Scene, sign_in_as: SignInAs) -> None:
    scene.session.commit()
    manager, code = sign_in_as(scene.people.manager), scene.fund.code
    assert f'href="/clauses/{code}"' in manager.get("/signing").get_data(as_text=True)
    here = f"/clauses/{code}/en"
    assert f'href="{here}"' in manager.get(f"/clauses/{code}").get_data(as_text=True)
    page = manager.get(here)
    assert "1.1" in words_of(page)
    data = {"version": hidden(manager, here), "text": OWN}
    seen = manager.submit(here, data | {"look": "1"})
    assert "1.2 Nothing else." in words_of(seen)
    assert versions_of(scene.session, scene.fund.id, "en") == []
    printed = manager.submit(f"/documents/clauses/{code}/en.pdf", data, page=here)
    content = pypdf.PdfReader(io.BytesIO(printed.data)).pages[0].extract_text()
    assert "1.2 Nothing else." in " ".join(content.split())
    wrong = manager.submit(here, data | {"text": "Help.", "look": "1"})
    assert "Line 1 comes before" in words_of(wrong)
    assert manager.submit(here, data).status_code == 302
    assert "Nothing else." in words_of(manager.get(f"{here}/versions/1"))
