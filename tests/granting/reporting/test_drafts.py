"""A report being written keeps every word, and says at each place what is still to be corrected."""

from dataclasses import replace

import pytest

from grants.core.audit.act import Act
from grants.core.kernel.errors import Conflict, Missing
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.granting.reporting.drafts import save_section
from grants.granting.reporting.models import ReportDraft
from grants.granting.reporting.queries import draft_of
from grants.granting.reporting.service import send_back, submit
from grants.granting.reporting.work import Work
from grants.platform.questionnaires.merging import EditConflict, Sheet
from grants.platform.questionnaires.parts import Progress
from grants.platform.questions.reading import Fault, Typed
from tests.factories import act_of, member
from tests.grants import Scene, report_content

STORY = {"q_narrative": ["We opened a shelter."], "q_challenges": ["The road was closed."]}


def writer(scene: Scene) -> Act:
    return act_of(scene.session, scene.people.grantee)


def save(
    scene: Scene, key: str, typed: Typed, version: int = 0, sheet: Sheet | None = None
) -> ReportDraft:
    act = writer(scene)
    return save_section(scene.session, scene.reports[0], key, typed, version, act, sheet=sheet)


def work(scene: Scene) -> Work:
    return Work(scene.session, scene.reports[0])


def money(scene: Scene, **spent: str) -> dict[str, list[str]]:
    questions = work(scene).form.section("money").questions
    keys = [question.key for question in questions if question.key.startswith("spent_")]
    return {f"q_{key}": [spent.get(key.removeprefix("spent_"), "0")] for key in keys}


def complete(scene: Scene) -> None:
    save(scene, "story", STORY)
    save(
        scene,
        "people",
        {"q_beneficiaries-female-18-24": ["14"], "q_exploitation-sexual-people": ["14"]},
    )
    save(scene, "services", {"q_services-shelter-people": ["20"]})
    save(scene, "money", money(scene, staff="1,250.50"))


def test_every_save_keeps_what_is_there_although_it_cannot_be_used(running: Scene) -> None:
    odd = {"q_spent_staff": ["twelve"], "q_explanation": ["Späte\r\nMiete"], "q_other": ["x"]}
    save(running, "money", odd)
    kept = draft_of(running.session, running.reports[0].id)["money"].typed
    assert kept == {"q_spent_staff": ["twelve"], "q_explanation": ["Späte\nMiete"]}


def test_newer_words_are_never_overwritten_unseen(running: Scene) -> None:
    first = save(running, "story", STORY)
    version = first.version
    other = {"q_narrative": ["Another text."]}
    with pytest.raises(EditConflict) as caught:
        save(running, "story", other)
    assert caught.value.newer.given == STORY
    assert save(running, "story", STORY).version == version
    save(running, "story", other, version)
    assert work(running).part("story").typed == other


def test_a_page_goes_on_from_its_own_words_and_never_back(running: Scene) -> None:
    save(running, "story", {"q_narrative": ["We"]}, 0, Sheet("a", 1))
    save(running, "story", {"q_narrative": ["We opened"]}, 0, Sheet("a", 3))
    save(running, "story", {"q_narrative": ["We op"]}, 0, Sheet("a", 2))
    assert work(running).part("story").typed == {"q_narrative": ["We opened"]}


def test_two_people_write_two_sections_without_meeting(running: Scene) -> None:
    save(running, "story", STORY)
    assert [part.progress for part in work(running).parts][1:3] == [
        Progress.NOT_STARTED,
        Progress.OPTIONAL,
    ]
    editor = member(running.session, running.organisation, Role.ORGANISATION_EDITOR, "Rosa Diaz")
    act = act_of(running.session, editor)
    typed = {"q_services-legal-people": ["3"]}
    save_section(running.session, running.reports[0], "services", typed, 0, act)
    assert [part.progress for part in work(running).parts] == [
        Progress.COMPLETE,
        Progress.NOT_STARTED,
        Progress.COMPLETE,
        Progress.NOT_STARTED,
    ]


def test_a_section_that_no_report_has_is_missing(running: Scene) -> None:
    with pytest.raises(Missing):
        save(running, "victims", {"q_name": ["x"]})


def test_a_complete_draft_is_a_complete_report(running: Scene) -> None:
    complete(running)
    draft = work(running)
    assert draft.is_complete
    assert draft.content.people == 14
    assert draft.content.spent == usd(125_050)
    assert draft.content.services == {"shelter": 20}
    submit(running.session, running.reports[0], draft.content, writer(running))
    with pytest.raises(Conflict, match="has been submitted"):
        save(running, "story", STORY)


def problems(scene: Scene, key: str) -> list[tuple[str, Fault]]:
    return [(problem.question, problem.fault) for problem in work(scene).part(key).problems]


def test_totals_that_do_not_agree_are_told_at_the_table_that_can_mend_them(
    running: Scene,
) -> None:
    complete(running)
    save(running, "people", {"q_beneficiaries-female-18-24": ["14"]}, 1)
    assert problems(running, "people") == [("exploitation", Fault.WRONG)]
    assert not work(running).is_complete


def test_nobody_is_an_answer_and_nothing_is_none(running: Scene) -> None:
    complete(running)
    save(running, "people", {}, 1)
    assert problems(running, "people") == [("beneficiaries", Fault.MISSING)]
    save(running, "people", {"q_beneficiaries-female-18-24": ["0"]}, 2)
    assert work(running).is_complete


def test_money_beyond_the_grant_is_told_at_the_money(running: Scene) -> None:
    complete(running)
    save(running, "money", money(running, staff="20000.01"), 1)
    assert [fault for _q, fault in problems(running, "money")] == [Fault.WRONG]
    save(running, "money", {}, 2)
    assert {fault for _q, fault in problems(running, "money")} == {Fault.MISSING}


def test_words_that_may_tell_of_a_victim_ask_to_be_looked_at(running: Scene) -> None:
    told = {**STORY, "q_narrative": ["Maria, 16 years old, found a home."]}
    save(running, "story", told)
    assert problems(running, "story") == [("narrative", Fault.DOUBT)]
    version = work(running).part("story").version
    save(running, "story", {**told, "attested": ["yes"]}, version)
    assert problems(running, "story") == []
    version = work(running).part("story").version
    save(running, "story", {**told, "q_challenges": ["Ana, 17 years old."]}, version)
    assert problems(running, "story") == [("challenges", Fault.DOUBT)]


def test_a_report_sent_back_opens_with_all_that_it_said(running: Scene) -> None:
    session, report = running.session, running.reports[0]
    content = report_content(session, report, "1234.50")
    submit(session, report, content, writer(running))
    send_back(session, report, {"story": "More."}, act_of(session, running.people.officer))
    again = work(running)
    assert again.is_complete
    assert replace(again.content, answers={}) == content
