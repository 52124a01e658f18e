"""The finance questionnaire is kept as it is typed: two tabs, two people, a session that ended."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.database.db import Database
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.errors import Conflict, Missing
from grants.core.people.models import Person
from grants.deciding.awards.models import Award
from grants.granting.preparing import service
from grants.granting.preparing.finance import (
    add_file,
    draft_of,
    file_of,
    files_of,
    remove_file,
    save_finance,
    written_answers,
)
from grants.granting.preparing.models import FinanceDraft, Preparation
from grants.granting.signing.rules import Rules, set_rules
from grants.platform.file_checks.checks import Upload
from grants.platform.questionnaires.merging import EditConflict, Sheet
from tests.factories import act_of, an_organisation, member
from tests.granting.agreements.test_pages import grant_url, text_of
from tests.granting.changes.test_at_once import at_once
from tests.granting.preparing.test_preparing import answers, asked, by
from tests.grants import Scene, an_approved_award, cash, grant_people
from tests.platform.documents import signing
from tests.platform.web.client import SignInAs, StrictClient

__all__ = ["asked"]


def saved(
    scene: Scene, typed: dict[str, list[str]], version: int = 0, sheet: str = "", turn: int = 1
) -> FinanceDraft:
    page = Sheet(sheet, turn) if sheet else Sheet()
    return save_finance(scene.session, scene.award, typed, version, page, by(scene, "grantee"))


def test_whatever_is_typed_is_kept_and_comes_back(asked: Scene) -> None:
    draft = saved(asked, {"q_cash_why": ["Half a sen"]})
    assert written_answers(asked.session, asked.award)["q_cash_why"] == ["Half a sen"]
    saved(asked, {"q_cash_why": ["Half a sentence."]}, draft.version)
    assert written_answers(asked.session, asked.award)["q_cash_why"] == ["Half a sentence."]


def test_two_tabs_that_change_other_questions_keep_both(asked: Scene) -> None:
    first = saved(asked, {"q_cash_why": ["Small purchases."]}, sheet="one")
    base = first.version
    saved(asked, {"q_cash_why": ["Small purchases."], "q_audit": ["yes"]}, base, "one", 2)
    kept = written_answers(asked.session, asked.award)
    assert kept["q_cash_why"] == ["Small purchases."]


def test_two_people_who_change_one_answer_choose(asked: Scene) -> None:
    first = saved(asked, {"q_cash_why": ["A"]}, sheet="one")
    start = first.version
    saved(asked, {"q_cash_why": ["B"]}, start, "one", 2)
    with pytest.raises(EditConflict):
        saved(asked, {"q_cash_why": ["C"]}, start, "two", 1)
    assert written_answers(asked.session, asked.award)["q_cash_why"] == ["B"]


def test_what_a_page_sent_earlier_and_arrives_later_changes_nothing(asked: Scene) -> None:
    first = saved(asked, {"q_cash_why": ["Longer text"]}, sheet="one", turn=5)
    saved(asked, {"q_cash_why": ["Long"]}, first.version, "one", 4)
    assert written_answers(asked.session, asked.award)["q_cash_why"] == ["Longer text"]


def test_submitted_answers_are_no_draft_any_more(asked: Scene) -> None:
    saved(asked, answers())
    grantee = by(asked, "grantee")
    row = service.submit_finance(asked.session, asked.award, answers(), grantee)
    assert draft_of(asked.session, asked.award.id) is None
    with pytest.raises(Conflict, match="submitted"):
        saved(asked, answers(why="Late."))
    service.send_back(asked.session, row, by(asked, "officer", "Explain who pays."))
    assert written_answers(asked.session, asked.award)["q_cash_why"] == ["Small purchases."]
    saved(asked, answers(why="The cook buys food."))
    assert written_answers(asked.session, asked.award)["q_cash_why"] == ["The cook buys food."]


def test_what_a_colleague_saves_before_the_submission_is_not_lost(
    asked: Scene, sign_in_as: SignInAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    act, submit = by(asked, "grantee"), service.submit_finance
    asked.session.commit()
    page, luz = grant_url(asked, "/finance"), sign_in_as(asked.people.grantee)

    def after_a_colleague(session: Session, award: Award, *more: Any) -> Preparation:
        draft = draft_of(session, award.id)
        assert draft is not None
        typed = {**draft.typed, "q_cash_why": ["The cook buys food."]}
        save_finance(session, award, typed, draft.version, Sheet("two", 1), act)
        return submit(session, award, *more)

    monkeypatch.setattr(service, "submit_finance", after_a_colleague)
    told = {name: texts[0] for name, texts in answers().items()}
    body = luz.submit(page, marks_of(luz.get(page).get_data(as_text=True)) | told)
    assert body.status_code == 409
    assert "Another user changed this" in body.get_data(as_text=True)


def test_a_draft_that_was_saved_since_it_was_read_is_not_submitted(asked: Scene) -> None:
    version = saved(asked, answers()).version
    newer = saved(asked, answers(why="The cook buys food."), version)
    grantee = by(asked, "grantee")
    with pytest.raises(Conflict, match="Another user"):
        service.submit_finance(asked.session, asked.award, answers(), grantee, version)
    assert written_answers(asked.session, asked.award)["q_cash_why"] == ["The cook buys food."]
    service.submit_finance(asked.session, asked.award, newer.typed, grantee, newer.version)
    assert draft_of(asked.session, asked.award.id) is None


def a_paper(name: str = "Accounts.pdf") -> Upload:
    return Upload(name, signing.scan())


def test_files_are_read_by_the_fund_once_submitted_and_then_stay(asked: Scene) -> None:
    session, grantee = asked.session, by(asked, "grantee")
    paper = a_paper()
    file = add_file(session, asked.award, paper, grantee)
    assert add_file(session, asked.award, paper, grantee) is file
    assert not files_of(session, asked.award, submitted_only=True)
    with pytest.raises(Missing):
        file_of(session, asked.award, file.id, submitted_only=True)
    service.submit_finance(session, asked.award, answers(), by(asked, "grantee"))
    assert list(files_of(session, asked.award, submitted_only=True)) == [file]
    with pytest.raises(Conflict):
        remove_file(session, file, by(asked, "grantee"))


def test_a_file_that_was_not_submitted_can_be_removed(asked: Scene) -> None:
    file = add_file(asked.session, asked.award, a_paper(), by(asked, "grantee"))
    remove_file(asked.session, file, by(asked, "grantee"))
    assert not files_of(asked.session, asked.award)


def marks_of(body: str) -> dict[str, str]:
    """The hidden fields of a page of the questionnaire."""
    named = re.findall(r'name="(version|sheet|turn|base|clashes|hidden)"[^>]*value="([^"]*)"', body)
    return {name: unescape(value) for name, value in named}


def test_a_session_that_ended_loses_nothing_that_was_saved(
    asked: Scene, sign_in_as: SignInAs
) -> None:
    asked.session.commit()
    luz, page = sign_in_as(asked.people.grantee), grant_url(asked, "/finance")
    body = luz.get(page).get_data(as_text=True)
    assert f'data-autosave="{page}/autosave"' in body
    typed = {**marks_of(body), "q_cash_why": "Typed before the session ended"}
    answer = luz.submit(f"{page}/autosave", typed)
    assert answer.status_code == 200
    again = sign_in_as(asked.people.grantee)
    assert "Typed before the session ended" in again.get(page).get_data(as_text=True)


def test_two_tabs_see_both_answers_side_by_side(asked: Scene, sign_in_as: SignInAs) -> None:
    asked.session.commit()
    page = grant_url(asked, "/finance")
    luz = sign_in_as(asked.people.grantee)
    one = marks_of(luz.get(page).get_data(as_text=True)) | {"sheet": "one", "turn": "1"}
    two = one | {"sheet": "two"}
    assert luz.submit(f"{page}/autosave", one | {"q_cash_why": "From tab one"}).status_code == 200
    beaten = luz.submit(f"{page}/autosave", two | {"q_cash_why": "From tab two"})
    assert beaten.status_code == 409
    both = luz.submit(page, two | {"q_cash_why": "From tab two", "go": "list"})
    assert both.status_code == 409
    body = both.get_data(as_text=True)
    assert "From tab one" in body
    assert "From tab two" in body
    chosen = marks_of(body) | {"q_cash_why": "From tab two", "go": "list", "sheet": "two"}
    chosen |= {"turn": "2", "keep_cash_why": "mine"}
    assert luz.submit(page, chosen).status_code == 302
    assert "From tab two" in luz.get(page).get_data(as_text=True)


def upload(browser: StrictClient, page: str) -> None:
    data = {"file": (io.BytesIO(signing.scan()), "Accounts.pdf")}
    assert browser.submit(page, data, content_type="multipart/form-data").status_code == 302


def test_files_are_added_by_links_and_read_by_the_fund_alone(
    asked: Scene, sign_in_as: SignInAs
) -> None:
    stranger = member(asked.session, an_organisation(asked.session, "Another house"))
    asked.session.commit()
    luz, page = sign_in_as(asked.people.grantee), grant_url(asked, "/finance")
    assert f'href="{page}/files"' in luz.get(page).get_data(as_text=True)
    upload(luz, f"{page}/files")
    told = {name: texts[0] for name, texts in answers().items()}
    (file,) = files_of(asked.session, asked.award)
    address = f"{page}/files/{file.id}"
    officer = sign_in_as(asked.people.officer)
    assert officer.get(address).status_code == 404
    assert (
        luz.submit(page, marks_of(luz.get(page).get_data(as_text=True)) | told).status_code == 302
    )
    assert "Accounts.pdf" in text_of(officer.get(grant_url(asked, "/prepared/finance")))
    assert officer.get(address).status_code == 200
    assert sign_in_as(stranger).get(address).status_code == 404


def test_two_who_save_at_once_lose_no_answer(real_database: Database) -> None:
    with real_database.transaction() as session:
        fund = fund_by_code(session, "UNVTF")
        cash(session, fund)
        organisation = an_organisation(session)
        people = grant_people(session, organisation)
        award = an_approved_award(session, fund, organisation, people.approver)
        rules = replace(Rules(), asks_budget=True, asks_finance=True)
        set_rules(session, fund, rules, act_of(session, people.manager))
        award_id, grantee = award.id, people.grantee.id

    def save(key: str, sheet: str) -> Callable[[Session], None]:
        def act(session: Session) -> None:
            award, person = session.get_one(Award, award_id), session.get_one(Person, grantee)
            empty = {"q_cash_why": [""], "q_others_why": [""]}
            page = Sheet(sheet, 1)
            typed = empty | {key: ["Written"]}
            save_finance(session, award, typed, 0, page, act_of(session, person))

        return act

    refused = at_once(real_database, save("q_cash_why", "one"), save("q_others_why", "two"))
    with real_database.session() as session:
        (draft,) = session.scalars(select(FinanceDraft))
        kept = [draft.typed.get(key) for key in ("q_cash_why", "q_others_why")]
        assert kept.count(["Written"]) == 2 - len(refused)
