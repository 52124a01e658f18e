"""A report on its pages: kept whatever is typed, sent when it adds up, answered."""

import re
from datetime import timedelta

import pytest

from grants.core.kernel import clock
from grants.granting.reporting.models import Report
from grants.granting.reporting.queries import draft_of
from grants.granting.reporting.service import submit
from grants.granting.reporting.work import Work
from grants.granting.reporting.workflow import ReportState
from tests.factories import act_of
from tests.granting.agreements.test_pages import hidden, text_of
from tests.grants import Scene, report_content
from tests.platform.web.client import SignInAs, StrictClient

ADDRESS = "/reports/1"
STORY = {"q_narrative": "We opened the shelter.", "q_challenges": "The road was closed."}
PEOPLE = {"q_beneficiaries-female-18-24": "14", "q_exploitation-sexual-people": "14"}


@pytest.fixture
def running(scene: Scene) -> Scene:
    scene.run()
    scene.session.commit()
    return scene


def url(scene: Scene, tail: str = "") -> str:
    return f"/grants/{scene.award.reference}{ADDRESS}{tail}"


def save(scene: Scene, browser: StrictClient, key: str, typed: dict[str, str]) -> str:
    """Save a section as the page posts it; where the answer leads."""
    page = url(scene, f"/sections/{key}")
    answer = browser.submit(page, typed | {"version": hidden(browser, page)})
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return str(answer.location)


def money(browser: StrictClient, scene: Scene, **spent: str) -> dict[str, str]:
    page = browser.get(url(scene, "/sections/money")).get_data(as_text=True)
    names = re.findall(r'name="(q_spent_[a-z]+)"', page)
    return {name: spent.get(name.removeprefix("q_spent_"), "0") for name in names}


def complete(scene: Scene, browser: StrictClient) -> None:
    save(scene, browser, "story", STORY)
    save(scene, browser, "people", PEOPLE)
    save(scene, browser, "services", {"q_services-shelter-people": "20"})
    save(scene, browser, "money", money(browser, scene, staff="1,250.50"))


def test_a_report_is_written_section_by_section_checked_and_sent(
    running: Scene, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(running.people.grantee)
    assert "Not started" in text_of(browser.get(url(running)))
    assert save(running, browser, "story", STORY).endswith("/sections/people")
    assert "Still to be completed" in text_of(browser.get(url(running, "/check")))
    complete(running, browser)
    told = text_of(browser.get(url(running, "/check")))
    assert "1,250.50" in told
    assert "Still to be completed" not in told
    refused = browser.submit(url(running, "/check"), {})
    assert "Tick the box" in text_of(refused)
    assert browser.submit(url(running, "/check"), {"true": "yes"}).status_code == 302
    running.session.refresh(running.reports[0])
    assert running.reports[0].state is ReportState.SUBMITTED
    assert "We opened the shelter." in text_of(browser.get(url(running)))


def test_spending_above_what_was_received_is_warned_of_on_the_form_and_when_it_is_read(
    running: Scene, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(running.people.grantee)
    assert "Check the spending" not in text_of(browser.get(url(running, "/sections/money")))
    complete(running, browser)
    for tail in ("/sections/money", "/check"):
        assert "USD 0.00 has been received" in text_of(browser.get(url(running, tail))), tail
    browser.submit(url(running, "/check"), {"true": "yes"})
    assert "Check the spending" in text_of(sign_in_as(running.people.officer).get(url(running)))


def test_a_report_can_be_written_before_its_period_ends_and_says_from_when_it_is_submitted(
    running: Scene, sign_in_as: SignInAs
) -> None:
    browser, report = sign_in_as(running.people.grantee), running.reports[0]
    complete(running, browser)
    report.covers_to = clock.today() + timedelta(3)
    report.due_on = clock.today() + timedelta(33)
    running.session.commit()
    assert "and submit it from that day" in text_of(browser.get(url(running)))
    page = text_of(browser.get(url(running, "/check")))
    assert "and submit it from that day" in page
    assert "Submit the report" not in page
    assert (
        browser.submit(url(running, "/check"), {"true": "yes"}, page="/account").status_code == 200
    )
    assert report.state is ReportState.DUE


def test_an_incomplete_report_cannot_be_sent_by_its_address(
    running: Scene, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(running.people.grantee)
    page = browser.submit(url(running, "/check"), {"true": "yes"}, page="/account")
    assert "Still to be completed or corrected" in text_of(page)
    assert running.reports[0].state is ReportState.DUE


def test_what_cannot_be_used_is_kept_and_marked(running: Scene, sign_in_as: SignInAs) -> None:
    browser = sign_in_as(running.people.grantee)
    there = save(running, browser, "money", {"q_spent_staff": "twelve"})
    page = browser.get(there).get_data(as_text=True)
    assert 'value="twelve"' in page
    assert "is not an amount" in page
    assert "There is a problem" in page


def test_totals_that_do_not_agree_lead_back_to_their_table(
    running: Scene, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(running.people.grantee)
    there = save(running, browser, "people", PEOPLE | {"q_exploitation-sexual-people": "13"})
    assert "14 people by sex and age, and 13 by form" in text_of(browser.get(there))


def test_words_that_may_tell_of_a_victim_draw_a_warning_that_can_be_answered(
    running: Scene, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(running.people.grantee)
    told = STORY | {"q_narrative": "Maria, 16 years old, found a home."}
    page = text_of(browser.get(save(running, browser, "story", told)))
    assert "Could this identify a victim?" in page
    assert "looks like a person’s name and age" in page
    assert save(running, browser, "story", told | {"attested": "yes"}).endswith("/sections/people")
    assert "Could this identify" not in text_of(browser.get(url(running, "/sections/story")))


def test_autosave_keeps_and_names_the_version_or_tells_of_another_writer(
    running: Scene, sign_in_as: SignInAs
) -> None:
    browser, other = (sign_in_as(running.people.grantee) for _n in range(2))
    page, here = url(running, "/sections/story"), url(running, "/sections/story/autosave")
    first = browser.submit(here, {"q_narrative": "We", "version": "0", "sheet": "a"}, page=page)
    assert first.get_json()["version"] == 1
    again = browser.submit(here, {"q_narrative": "We o", "version": "0", "sheet": "a"}, page=page)
    assert again.get_json()["version"] == 2
    late = other.submit(here, {"q_narrative": "They", "version": "0", "sheet": "b"}, page=page)
    assert late.status_code == 409
    kept = draft_of(running.session, running.reports[0].id)["story"]
    assert kept.typed == {"q_narrative": ["We o"]}


def test_two_texts_are_shown_side_by_side_and_nobodys_is_lost(
    running: Scene, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(running.people.grantee)
    save(running, browser, "story", STORY)
    page = url(running, "/sections/story")
    clash = browser.submit(page, {"q_narrative": "Another text.", "version": "0"})
    assert clash.status_code == 409
    html = clash.get_data(as_text=True)
    assert "We opened the shelter." in html
    assert "Another text." in html
    version = re.search(r'name="version" value="(\d+)"', html)
    assert version
    both = {"q_narrative": "We opened the shelter. Another text.", "version": version[1]}
    assert browser.submit(page, both).status_code == 302


def test_the_fund_returns_a_section_and_reads_what_has_changed(
    running: Scene, sign_in_as: SignInAs
) -> None:
    report = submitted(running)
    officer, writer = (
        sign_in_as(person) for person in (running.people.officer, running.people.grantee)
    )
    assert "The shelter was open every day." in text_of(officer.get(url(running)))
    back = url(running, "/send-back")
    version = hidden(officer, back)
    finance = sign_in_as(running.people.finance)
    assert "Budget and spending" in text_of(finance.get(back)), "its answers stand beside each box"
    assert "There is a problem" in text_of(officer.submit(back, {"version": version}))
    told = {"version": version, "correct_story": "Say more about legal aid."}
    assert officer.submit(back, told).status_code == 302
    page = text_of(writer.get(url(running)))
    assert "Say more about legal aid." in page
    assert page.count("Stays as submitted") == len(report_sections(running)) - 1
    assert writer.get(url(running, "/sections/people")).status_code == 302
    more = {**STORY, "q_narrative": "The shelter was open every day and night."}
    save(running, writer, "story", more)
    assert writer.submit(url(running, "/check"), {"true": "yes"}).status_code == 302
    html = officer.get(url(running)).get_data(as_text=True)
    assert re.search(r"<mark>\s?day and night\.</mark>", html) or "<mark> and night.</mark>" in html
    assert "Say more about legal aid." in html
    running.session.refresh(report)
    assert report.times_sent == 2


def test_each_part_is_accepted_on_the_page_by_its_officer(
    running: Scene, sign_in_as: SignInAs
) -> None:
    report, page = submitted(running), url(running)
    officer, finance = (
        sign_in_as(person) for person in (running.people.officer, running.people.finance)
    )
    assert "Accept the financial report" not in text_of(officer.get(page))
    for browser, part in ((officer, "narrative"), (finance, "finances")):
        typed = {"version": hidden(browser, page), "part": part}
        assert browser.submit(f"{page}/accept", typed, page=page).status_code == 302
    running.session.refresh(report)
    assert report.state is ReportState.ACCEPTED


def submitted(scene: Scene) -> Report:
    """The first report, submitted."""
    session, report = scene.session, scene.reports[0]
    grantee = act_of(session, scene.people.grantee)
    submit(session, report, report_content(session, report), grantee)
    session.commit()
    return report


def report_sections(scene: Scene) -> list[str]:
    return [section.key for section in Work(scene.session, scene.reports[0]).form.sections]


def test_a_draft_is_nobodys_business_but_its_writers(running: Scene, sign_in_as: SignInAs) -> None:
    save(running, sign_in_as(running.people.grantee), "story", STORY)
    page = text_of(sign_in_as(running.people.officer).get(url(running)))
    assert "has not submitted this report yet" in page
    assert "We opened the shelter." not in page


def test_the_files_are_the_last_part_of_a_report_and_come_before_the_check(
    running: Scene, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(running.people.grantee)
    last = Work(running.session, running.reports[0]).shown_parts[-1].section.key
    section = text_of(browser.get(url(running, f"/sections/{last}")))
    count = re.search(r"Section (\d+) of (\d+)", section)
    assert count
    assert int(count[1]) + 1 == int(count[2])
    complete(running, browser)
    assert save(running, browser, last, {}).endswith("/files")
    files = browser.get(url(running, "/files"))
    assert f"Section {count[2]} of {count[2]}" in text_of(files)
    assert "/check" in files.get_data(as_text=True)
