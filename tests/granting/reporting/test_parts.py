"""The narrative and the finances of a report are accepted apart, or returned section by section."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    rule,
)
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from grants.core.database.db import Database
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, Forbidden
from grants.granting.payments.checks import checklist
from grants.granting.reporting.drafts import save_section
from grants.granting.reporting.models import Report
from grants.granting.reporting.queries import finances_to_read, narratives_to_read, to_read
from grants.granting.reporting.questions import FINANCES
from grants.granting.reporting.returned import corrected_in, corrections_of, returned_of
from grants.granting.reporting.service import accept, send_back, submit
from grants.granting.reporting.work import Work
from grants.granting.reporting.workflow import PartAnswer, ReportPart, ReportState
from tests.books.ledger.books import settle
from tests.factories import act_of, an_organisation
from tests.granting.reporting.test_reports import send, viewing
from tests.grants import (
    Scene,
    a_running_grant,
    an_approved_award,
    cash,
    grant_people,
    report_content,
)
from tests.histories import AnyOrder, try_any_order

NARRATIVE, MONEY = ReportPart.NARRATIVE, ReportPart.FINANCES


def officer_of(scene: Scene, part: ReportPart) -> Any:
    person = scene.people.officer if part is NARRATIVE else scene.people.finance
    return act_of(scene.session, person)


def test_the_narrative_is_accepted_while_the_finances_are_corrected(running: Scene) -> None:
    session, report = running.session, send(running)
    send_back(
        session, report, {"money": "The receipts add up to less."}, officer_of(running, MONEY)
    )
    accept(session, report, NARRATIVE, officer_of(running, NARRATIVE))
    assert report.state is ReportState.SENT_BACK
    send(running)
    assert (report.narrative_answer, report.finances_answer) == (
        PartAnswer.ACCEPTED,
        PartAnswer.NONE,
    )
    assert not report.decided_at
    accept(session, report, MONEY, officer_of(running, MONEY))
    assert report.decided_at


def test_each_officer_returns_sections_of_the_own_part_only(running: Scene) -> None:
    session, report = running.session, send(running)
    for part, section in ((NARRATIVE, "money"), (MONEY, "story")):
        with pytest.raises(Forbidden):
            send_back(session, report, {section: "Why?"}, officer_of(running, part))
        other = MONEY if part is NARRATIVE else NARRATIVE
        with pytest.raises(Forbidden):
            accept(session, report, other, officer_of(running, part))


def test_a_part_is_answered_once_for_each_submission(running: Scene) -> None:
    session, report = running.session, send(running)
    programme = officer_of(running, NARRATIVE)
    accept(session, report, NARRATIVE, programme)
    with pytest.raises(Conflict, match="Accepted"):
        accept(session, report, NARRATIVE, programme)
    with pytest.raises(Conflict, match="Accepted"):
        send_back(session, report, {"people": "Why?"}, programme)


def test_what_was_not_returned_stays_as_it_was_submitted(running: Scene) -> None:
    session, report = running.session, send(running)
    send_back(session, report, {"story": "More about the shelter."}, officer_of(running, NARRATIVE))
    writer = act_of(session, running.people.grantee)
    save_section(session, report, "story", {"q_narrative": ["More."]}, 0, writer)
    for section in ("people", "services", "money"):
        with pytest.raises(Conflict, match="not returned to you"):
            save_section(session, report, section, {"q_narrative": ["Other."]}, 0, writer)
    assert corrections_of(session, report) == {"story": "More about the shelter."}


def test_a_section_that_no_longer_agrees_is_open_though_not_returned(running: Scene) -> None:
    """An earlier report was corrected and has spent what this one tells, too."""
    session, first, second = running.session, send(running), send(running, 1)
    send_back(session, second, {"story": "More."}, officer_of(running, NARRATIVE))
    send_back(session, first, {"money": "All of it?"}, officer_of(running, MONEY))
    submit(
        session,
        first,
        report_content(session, first, "19500"),
        act_of(session, running.people.grantee),
    )
    work = Work(session, second)
    assert work.is_open(work.part("money"))
    assert not work.is_open(work.part("people"))
    accept(session, first, MONEY, officer_of(running, MONEY))


def test_old_and_new_stand_side_by_side_with_what_has_changed(running: Scene) -> None:
    session, report = running.session, send(running)
    why = {"story": "For how long?", "people": "Nobody else?"}
    send_back(session, report, why, officer_of(running, NARRATIVE))
    form = Work(session, report).form
    told = corrected_in(session, report, form)
    assert {key: (one.words, len(one.answers)) for key, one in told.items()} == {
        "story": ("For how long?", 0),
        "people": ("Nobody else?", 0),
    }
    send(
        running,
        narrative="The shelter was open every night.",
        beneficiaries={"female": {"18-24": 14, "25-59": 2}},
        exploitation={"sexual": 16},
    )
    told = corrected_in(session, report, form)
    (story,) = told["story"].answers
    assert [words for words, changed in story.before.words if changed] == ["day."]
    assert [words for words, changed in story.after.words if changed] == ["night."]
    by_age, by_form = told["people"].answers
    changed = [cell for row in by_form.after.cells for cell, changed in row if changed]
    assert changed == [16]
    assert any(changed for row in by_age.after.cells for _cell, changed in row)


def test_what_was_returned_is_kept_and_never_changed(running: Scene) -> None:
    session, report = running.session, send(running)
    send_back(session, report, {"story": "More."}, officer_of(running, NARRATIVE))
    settle(session)
    kept = returned_of(session, report)[1]["story"]
    assert kept.typed["q_narrative"] == ["The shelter was open every day."]

    def attack() -> None:
        with session.begin_nested():
            session.execute(text("UPDATE returned_section SET correction = 'x'"))

    with pytest.raises(DBAPIError, match="never changed"):
        attack()


def test_each_officer_is_counted_what_waits(running: Scene) -> None:
    session, report = running.session, send(running)
    officer, finance = (
        viewing(running, p) for p in (running.people.officer, running.people.finance)
    )

    def counts() -> tuple[int, ...]:
        each = narratives_to_read(officer), finances_to_read(finance), to_read(finance)
        return tuple(session.scalar(count) or 0 for count in each)

    assert counts() == (1, 1, 1)
    accept(session, report, MONEY, officer_of(running, MONEY))
    assert counts() == (1, 0, 0)
    send_back(session, report, {"story": "More."}, officer_of(running, NARRATIVE))
    assert counts() == (0, 0, 0)


def test_a_report_half_accepted_holds_the_next_payment(running: Scene) -> None:
    session, report = running.session, running.reports[0]
    report.due_on = max(report.covers_to, running.instalments[1].due_on - timedelta(1))
    send(running)
    accept(session, report, NARRATIVE, officer_of(running, NARRATIVE))
    gate = "The reports due before it are accepted"

    def held() -> bool:
        checks = checklist(session, running.instalments[1], clock.today())
        return not next(check.met for check in checks if check.text == gate)

    assert held()
    accept(session, report, MONEY, officer_of(running, MONEY))
    assert not held()


class ReportsLife(AnyOrder):
    """The grantee and two officers do everything in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.accepted: dict[tuple[int, str], Any] = {}

    @initialize()
    def begin(self) -> None:
        cash(self.session, self.fund)
        organisation = an_organisation(self.session)
        self.people = grant_people(self.session, organisation)
        award = an_approved_award(self.session, self.fund, organisation, self.people.approver)
        a_running_grant(self.session, award, self.people.manager)
        self.scene = Scene(self.session, self.fund, organisation, self.people, award)

    @rule(at=st.integers(0, 1), spent=st.integers(0, 900), words=st.sampled_from(["All.", "Most."]))
    def write(self, at: int, spent: int, words: str) -> None:
        """Whatever is open is written anew, and the whole is submitted."""
        session, report = self.session, self.scene.reports[at]
        act = act_of(session, self.people.grantee)
        typed = {"q_narrative": [words], "q_challenges": ["None."]}
        version = Work(session, report).part("story").version
        self.attempt(lambda: save_section(session, report, "story", typed, version, act))
        work = Work(session, report)
        money = {f"q_spent_{line.category}": [str(spent)] for line in work.figures.lines}
        version = work.part("money").version
        self.attempt(lambda: save_section(session, report, "money", money, version, act))
        self._fill(report)
        self.attempt(lambda: submit(session, report, Work(session, report).content, act))

    def _fill(self, report: Report) -> None:
        session, act = self.session, act_of(self.session, self.people.grantee)
        people = {"q_beneficiaries-female-18-24": ["3"], "q_exploitation-sexual-people": ["3"]}
        version = Work(session, report).part("people").version
        self.attempt(lambda: save_section(session, report, "people", people, version, act))

    @rule(at=st.integers(0, 1), part=st.sampled_from(ReportPart))
    def accept_one(self, at: int, part: ReportPart) -> None:
        report = self.scene.reports[at]
        self.attempt(lambda: accept(self.session, report, part, officer_of(self.scene, part)))

    @rule(
        at=st.integers(0, 1),
        part=st.sampled_from(ReportPart),
        sections=st.sets(st.sampled_from(["story", "people", "services"]), min_size=1),
    )
    def return_some(self, at: int, part: ReportPart, sections: set[str]) -> None:
        report = self.scene.reports[at]
        chosen = sections if part is NARRATIVE else FINANCES
        corrections = dict.fromkeys(chosen, "Say more.")
        act = officer_of(self.scene, part)
        self.attempt(lambda: send_back(self.session, report, corrections, act))

    @invariant()
    def the_state_says_what_the_answers_say(self) -> None:
        for report in self._reports():
            answers = [report.answer_to(part) for part in ReportPart]
            assert (report.state is ReportState.ACCEPTED) == (answers == [PartAnswer.ACCEPTED] * 2)
            assert (report.state is ReportState.SENT_BACK) == (PartAnswer.RETURNED in answers)
            assert (report.decided_at is not None) == (report.state is ReportState.ACCEPTED)
            if report.state is ReportState.DUE:
                assert answers == [PartAnswer.NONE] * 2

    @invariant()
    def parts_are_accepted_in_the_order_of_the_reports(self) -> None:
        for part in ReportPart:
            answers = [report.answer_to(part) is PartAnswer.ACCEPTED for report in self._reports()]
            assert answers == sorted(answers, reverse=True)

    @invariant()
    def what_was_accepted_never_changes(self) -> None:
        for report in self._reports():
            told = {
                NARRATIVE: (report.narrative, dict(report.beneficiaries), dict(report.services)),
                MONEY: (dict(report.expenditure), report.spent_minor),
            }
            for part in ReportPart:
                if report.answer_to(part) is PartAnswer.ACCEPTED:
                    kept = self.accepted.setdefault((report.number, part.value), told[part])
                    assert told[part] == kept

    @invariant()
    def every_return_is_kept_with_what_was_said(self) -> None:
        for report in self._reports():
            returned = returned_of(self.session, report)
            assert all(1 <= number <= report.times_sent for number in returned)
            if report.state is ReportState.SENT_BACK:
                assert corrections_of(self.session, report)

    def _reports(self) -> Iterator[Report]:
        if hasattr(self, "scene"):
            yield from self.scene.reports


@pytest.mark.many
@pytest.mark.timeout(600)
def test_any_order_of_answers_leaves_each_report_whole(database: Database) -> None:
    try_any_order(database, ReportsLife, some=12, steps=30)
