"""Writing a draft: nothing that was typed is ever lost."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy.orm import Session

from grants.applying.applications import queries
from grants.applying.applications.models import Application
from grants.applying.drafts.service import (
    attach,
    remove_file,
    save_section,
    start,
)
from grants.applying.drafts.undoing import restore_file
from grants.applying.drafts.work import Work
from grants.applying.submissions import service
from grants.core.audit.act import Act
from grants.core.audit.undoing import SECONDS
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Forbidden, InvalidInput, Missing
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.platform.file_checks.checks import Upload
from grants.platform.questionnaires.merging import EditConflict, Sheet
from grants.platform.questionnaires.parts import Progress
from tests.factories import (
    a_call,
    a_draft,
    a_person,
    act_of,
    an_organisation,
    complete,
    member,
    staff,
    writer_of,
)
from tests.platform.documents.files import pdf, picture


def given_in(session: Session, application: Application, section: str) -> dict[str, Any]:
    session.expire_all()
    row = queries.answers_of(session, application.id).get(section)
    return row.given if row else {}


def test_a_save_keeps_whatever_is_there_as_typed(session: Session, draft: Application) -> None:
    typed = {"q_months": ["a few"], "q_title": ["  Haus – بيت – 家 🙂 "], "q_starts_on-day": ["31"]}
    row = save_section(session, draft, "project", typed, 0, writer_of(session, draft))
    assert row.version == 1
    assert given_in(session, draft, "project") == typed


def test_a_save_that_changes_nothing_changes_no_version(
    session: Session, draft: Application
) -> None:
    by = writer_of(session, draft)
    first = save_section(session, draft, "project", {"q_title": ["A"]}, 0, by).version
    assert save_section(session, draft, "project", {"q_title": ["A"]}, first, by).version == first


def test_a_repeated_save_whose_answer_was_lost_is_no_conflict(
    session: Session, draft: Application
) -> None:
    by = writer_of(session, draft)
    typed = {"q_title": ["A safe place"]}
    saved = save_section(session, draft, "project", typed, 0, by).version
    assert save_section(session, draft, "project", typed, 0, by).version == saved


def test_an_older_page_never_overwrites_newer_text(session: Session, draft: Application) -> None:
    by = writer_of(session, draft)
    base = save_section(session, draft, "project", {"q_title": ["A"]}, 0, by).version
    save_section(session, draft, "project", {"q_title": ["A, by Luz"]}, base, by)
    with pytest.raises(EditConflict) as overtaken:
        save_section(session, draft, "project", {"q_title": ["A, by Rosa"]}, base, by)
    assert overtaken.value.newer.given == {"q_title": ["A, by Luz"]}
    assert given_in(session, draft, "project") == {"q_title": ["A, by Luz"]}
    newer = overtaken.value.newer.version
    save_section(session, draft, "project", {"q_title": ["A, by both"]}, newer, by)
    assert given_in(session, draft, "project") == {"q_title": ["A, by both"]}


def test_a_page_goes_on_from_what_it_sent_itself(session: Session, draft: Application) -> None:
    by = writer_of(session, draft)
    save_section(session, draft, "project", {"q_title": ["A"]}, 0, by, sheet=Sheet("one", 1))
    save_section(session, draft, "project", {"q_title": ["AB"]}, 0, by, sheet=Sheet("one", 2))
    assert given_in(session, draft, "project") == {"q_title": ["AB"]}
    late = save_section(session, draft, "project", {"q_title": ["A"]}, 0, by, sheet=Sheet("one", 1))
    assert late.given == {"q_title": ["AB"]}
    with pytest.raises(EditConflict):
        save_section(session, draft, "project", {"q_title": ["C"]}, 0, by, sheet=Sheet("two", 1))


def test_two_people_may_write_on_different_sections_at_once(
    session: Session, draft: Application
) -> None:
    luz = writer_of(session, draft)
    rosa = act_of(
        session, member(session, draft.organisation, Role.ORGANISATION_EDITOR, "Rosa Paz")
    )
    save_section(session, draft, "project", {"q_title": ["A"]}, 0, luz)
    save_section(session, draft, "problem", {"q_problem": ["B"]}, 0, rosa)
    assert given_in(session, draft, "project") == {"q_title": ["A"]}
    assert given_in(session, draft, "problem") == {"q_problem": ["B"]}


def test_of_two_saves_at_the_same_moment_both_texts_survive(real_database: Database) -> None:
    with real_database.transaction() as session:
        draft = a_draft(session, a_call(session, fund_by_code(session, "UNVTF")))
        reference, by = draft.reference, writer_of(session, draft)

    def save(number: int) -> tuple[str, dict[str, Any]]:
        typed = {"q_title": [f"Text {number}"]}
        try:
            with real_database.transaction() as own:
                found = queries.application_by_reference(own, reference)
                save_section(own, found, "project", typed, 0, by)
        except EditConflict as overtaken:
            return "told", dict(overtaken.newer.given)
        return "kept", typed

    with ThreadPoolExecutor(12) as threads:
        outcomes = list(threads.map(save, range(12)))
    kept = [typed for outcome, typed in outcomes if outcome == "kept"]
    assert len(kept) == 1
    assert all(shown == kept[0] for outcome, shown in outcomes if outcome == "told")
    with real_database.transaction() as session:
        found = queries.application_by_reference(session, reference)
        assert queries.answers_of(session, found.id)["project"].given == kept[0]


def test_the_facts_that_lists_show_follow_the_answers(session: Session, draft: Application) -> None:
    complete(session, draft, usd=15_000)
    assert (draft.title, draft.country) == ("A safe place for girls from the coast", "HN")
    assert draft.requested == usd(1_500_000)
    work = Work.of(session, draft)
    part = work.part("project")
    by = writer_of(session, draft)
    save_section(session, draft, "project", {**part.typed, "q_country": ["KE"]}, part.version, by)
    assert draft.country == "KE"


def test_each_section_tells_how_far_it_has_come(session: Session, draft: Application) -> None:
    def progress() -> dict[str, Progress]:
        return {part.section.key: part.progress for part in Work.of(session, draft).parts}

    assert set(progress().values()) == {Progress.NOT_STARTED}
    by = writer_of(session, draft)
    save_section(session, draft, "project", {"q_title": ["A"]}, 0, by)
    assert progress()["project"] is Progress.IN_PROGRESS
    complete_project = {"q_title": ["A"], **_rest_of_project()}
    save_section(session, draft, "project", complete_project, 1, by)
    assert progress()["project"] is Progress.COMPLETE
    assert progress()["problem"] is Progress.NOT_STARTED


def _rest_of_project() -> dict[str, list[str]]:
    return {
        "q_country": ["HN"],
        "q_places": ["Colón"],
        "q_starts_on-day": ["1"],
        "q_starts_on-month": ["9"],
        "q_starts_on-year": [str(clock.today().year + 1)],
        "q_months": ["6"],
        "q_summary": ["In short."],
    }


def test_files_hang_on_their_question_and_come_off_again(
    session: Session, draft: Application
) -> None:
    by = writer_of(session, draft)
    upload = Upload("Certificate.pdf", pdf())
    attached = attach(session, draft, "registration_certificate", upload, by)
    again = attach(session, draft, "registration_certificate", upload, by)
    assert again.id == attached.id
    assert [f.document.name for f in queries.files_of(session, draft.id)] == ["Certificate.pdf"]
    remove_file(session, draft, attached.id, by)
    assert queries.files_of(session, draft.id) == []
    back = attach(session, draft, "registration_certificate", upload, by)
    assert back.id != attached.id


def test_a_file_that_was_removed_is_put_back_within_ten_seconds(
    session: Session, draft: Application
) -> None:
    by = writer_of(session, draft)
    attached = attach(session, draft, "partner_declaration", Upload("a.pdf", pdf(1)), by)
    remove_file(session, draft, attached.id, by)
    late = Act(by.actor, at=by.at + timedelta(seconds=SECONDS + 1))
    with pytest.raises(DomainError, match="too late"):
        restore_file(session, draft, attached.id, late)
    stranger = act_of(session, member(session, an_organisation(session, "Other"), name="Eve Other"))
    with pytest.raises(Forbidden):
        restore_file(session, draft, attached.id, stranger)
    restore_file(session, draft, attached.id, by)
    assert queries.files_of(session, draft.id) == [attached]
    remove_file(session, draft, attached.id, by)
    attach(session, draft, "partner_declaration", Upload("b.pdf", pdf(2)), by)
    with pytest.raises(DomainError, match="You can upload up to 1"):
        restore_file(session, draft, attached.id, by)


def test_a_question_takes_so_many_files_of_its_kinds(session: Session, draft: Application) -> None:
    by = writer_of(session, draft)
    attach(session, draft, "partner_declaration", Upload("a.pdf", pdf(1)), by)
    with pytest.raises(DomainError, match="You can upload up to 1"):
        attach(session, draft, "partner_declaration", Upload("b.pdf", pdf(2)), by)
    with pytest.raises(InvalidInput, match="PDF, JPEG, PNG"):
        attach(session, draft, "audited_accounts", Upload("a.docx", b"PK\x03\x04"), by)
    with pytest.raises(DomainError, match="does not ask for a file"):
        attach(session, draft, "title", Upload("a.pdf", pdf()), by)
    with pytest.raises(DomainError, match="does not ask for a file"):
        attach(session, draft, "nothing", Upload("a.pdf", pdf()), by)


def test_a_photograph_of_a_paper_is_enough(session: Session, draft: Application) -> None:
    by = writer_of(session, draft)
    photo = Upload("IMG_2041.JPG", picture("JPEG", place=True))
    attached = attach(session, draft, "registration_certificate", photo, by)
    assert attached.document.media_type == "image/jpeg"


def test_another_organisation_can_neither_write_attach_nor_remove(
    session: Session, draft: Application
) -> None:
    by = writer_of(session, draft)
    attached = attach(session, draft, "partner_declaration", Upload("a.pdf", pdf()), by)
    stranger = act_of(session, member(session, an_organisation(session, "Other"), name="Eve Other"))
    officer = act_of(session, staff(session, Role.PROGRAMME_OFFICER))
    nobody = act_of(session, a_person(session))
    for act in (stranger, officer, nobody):
        with pytest.raises(Forbidden):
            save_section(session, draft, "project", {"q_title": ["X"]}, 0, act)
        with pytest.raises(Forbidden):
            attach(session, draft, "other_papers", Upload("a.pdf", pdf()), act)
        with pytest.raises(Forbidden):
            remove_file(session, draft, attached.id, act)
        with pytest.raises(Forbidden):
            start(session, draft.call, draft.organisation, act)


def test_somebody_who_has_left_writes_no_more(session: Session, draft: Application) -> None:
    rosa = member(session, draft.organisation, Role.ORGANISATION_EDITOR, "Rosa Paz")
    assert act_of(session, rosa).actor.organisation_ids
    rosa.memberships[0].ended_at = draft.begun_at
    session.flush()
    with pytest.raises(Forbidden):
        save_section(session, draft, "project", {}, 0, act_of(session, rosa))


def test_what_arrives_after_the_deadline_changes_nothing_and_can_still_be_read(
    session: Session, draft: Application
) -> None:
    by = writer_of(session, draft)
    save_section(session, draft, "project", {"q_title": ["In time"]}, 0, by)
    late = Act(by.actor, at=draft.call.deadline_at + timedelta(minutes=1))
    for write in (
        lambda: save_section(session, draft, "project", {"q_title": ["Late"]}, 1, late),
        lambda: attach(session, draft, "other_papers", Upload("a.pdf", pdf()), late),
    ):
        with pytest.raises(DomainError, match="The deadline was"):
            write()
    assert given_in(session, draft, "project") == {"q_title": ["In time"]}


def test_a_longer_deadline_lets_everybody_write_again(session: Session, draft: Application) -> None:
    by = writer_of(session, draft)
    manager = act_of(session, staff(session, Role.FUND_MANAGER), "Power cuts in the region.")
    late = Act(by.actor, at=draft.call.deadline_at + timedelta(hours=1))
    service.extend_deadline(
        session, draft.call, draft.call.deadline_at + timedelta(days=3), manager
    )
    save_section(session, draft, "project", {"q_title": ["In time"]}, 0, late)
    assert given_in(session, draft, "project") == {"q_title": ["In time"]}


def test_a_section_that_the_form_does_not_have_is_missing(
    session: Session, draft: Application
) -> None:
    with pytest.raises(Missing):
        save_section(session, draft, "secrets", {}, 0, writer_of(session, draft))


NAMES = ("q_title", "q_months", "q_places", "q_summary")
texts = st.text(alphabet="ab é日🙂\r\n\u0301", max_size=6)
pages = st.dictionaries(st.sampled_from(NAMES), st.lists(texts, min_size=1, max_size=1))


def test_any_order_of_saves_of_two_writers_loses_no_word(session: Session, fund: Fund) -> None:
    """Each writer has a page open; a person who is overtaken is shown what the other wrote."""
    call = a_call(session, fund)
    machine = _writers(session, call)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def _writers(session: Session, call: Any) -> type[RuleBasedStateMachine]:
    class Writers(RuleBasedStateMachine):
        number = 0

        def __init__(self) -> None:
            super().__init__()
            Writers.number += 1
            self.draft = a_draft(session, call, f"House {Writers.number} {id(self)}")
            self.by = writer_of(session, self.draft)
            self.open = {"luz": 0, "rosa": 0}
            self.stands: dict[str, list[str]] = {}
            self.version = 0

        @rule(writer=st.sampled_from(["luz", "rosa"]))
        def load_the_page(self, writer: str) -> None:
            self.open[writer] = self.version

        @rule(writer=st.sampled_from(["luz", "rosa"]), typed=pages)
        def save(self, writer: str, typed: dict[str, list[str]]) -> None:
            section = self.draft.call.questionnaire.section("project")
            wanted = section.kept(typed)
            fresh = self.open[writer] == self.version or self.stands in ({}, wanted)
            with nullcontext() if fresh else pytest.raises(EditConflict) as overtaken:
                row = save_section(
                    session, self.draft, "project", typed, self.open[writer], self.by
                )
            if fresh:
                self.stands, self.version = wanted, row.version
                self.open[writer] = row.version
            elif overtaken is not None:
                assert overtaken.value.newer.given == self.stands

        @invariant()
        def what_was_acknowledged_is_there(self) -> None:
            assert given_in(session, self.draft, "project") == self.stands

    return Writers
