"""Accidents of people who write: the button is pressed in trouble, and no word is lost.

Each is tried on a section of an application, on one of a report, and on a section that is repeated
and has tables: with rows of their own and computed cells, with rows that are picked from, a letter.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy.orm import Session
from werkzeug.exceptions import ServiceUnavailable

from grants.applying.applications.queries import answers_of, application_by_reference
from grants.applying.drafts.service import start
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.people import credentials
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.granting.reporting.queries import draft_of, reports_of
from grants.granting.reporting.service import submit
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.written import from_json
from tests.browser.conftest import Site
from tests.factories import a_call, act_of, an_organisation, member
from tests.grants import (
    a_running_grant,
    an_approved_award,
    cash,
    grant_people,
    report_content,
)

pytestmark = pytest.mark.browser

PASSPHRASE = "seven quiet rivers meet"
A_WHILE = 3_000
"""Milliseconds after which a changed page saves itself."""
IN_TABLES = "q_steps-0-c_note", "q_list-0-c_name"
WORDS = "Written in trouble – كلمات"


@dataclass(frozen=True)
class Writing:
    """A section that somebody writes: where, into which two boxes, and what is kept of it."""

    site: Site
    address: str
    names: tuple[str, str]
    given: Callable[[Session], dict[str, Any]]
    close: Callable[[Session], None]
    """What ends the time for writing."""
    section: str
    is_joint: bool = True
    """Can two answers to the first question be joined?"""

    @property
    def path(self) -> str:
        return f"{self.address}/sections/{self.section}"

    def kept(self, at: int = 0) -> str:
        """What the books hold of the first box, or the second."""
        with self.site.database.transaction() as session:
            return "".join(self.given(session).get(self.names[at], []))

    def box(self, page: Page, at: int = 0) -> Any:
        return page.locator(f"[name={self.names[at]}]")


@pytest.fixture
def writings(site: Site) -> list[Writing]:
    """An application and a report of one organisation, whose two people can sign in."""
    with site.database.transaction() as session:
        fund = fund_by_code(session, "UNVTF")
        home = an_organisation(session)
        people = grant_people(session, home)
        colleague = member(session, home, Role.ORGANISATION_EDITOR, "Eva Paz")
        for person in (people.grantee, colleague):
            credentials.choose_passphrase(session, person, PASSPHRASE)
        cash(session, fund)
        award = an_approved_award(session, fund, home, people.approver)
        a_running_grant(session, award, people.manager)
        report = reports_of(session, award.id)[0]
        draft = start(session, a_call(session, fund), home, act_of(session, people.grantee))
        by = act_of(session, people.grantee)
        tables = start(session, a_call(session, fund, form=form_of_tables()), home, by)
        return [
            an_application(site, draft.reference),
            a_report(site, award.id, f"/grants/{award.reference}/reports/{report.number}"),
            an_application(site, tables.reference, IN_TABLES, "partner"),
        ]


def form_of_tables() -> Form:
    """A section that is repeated: every kind of table, files in rows, rules, a pick, a letter."""
    label = {"en": "Label"}
    steps = {
        "kind": "table",
        "key": "steps",
        "label": {"en": "Steps"},
        "fixed_rows": [{"code": code, "label": {"en": code}} for code in ("first", "second")],
        "totals": ["cost"],
        "columns": [
            {"kind": "long_text", "key": "note", "label": {"en": "Note"}},
            {"kind": "amount", "key": "year_1", "label": {"en": "Year 1"}},
            {"kind": "amount", "key": "year_2", "label": {"en": "Year 2"}},
            {
                "kind": "computed",
                "key": "cost",
                "label": {"en": "Cost"},
                "formula": "year_1 + year_2",
                "money": "USD",
            },
        ],
    }
    name = {"kind": "short_text", "key": "name", "label": {"en": "Name"}}
    paper = {"kind": "files", "key": "paper", "label": {"en": "Paper"}}
    rule = {"rule": "not empty(name)", "message": {"en": "Name it."}, "at": "name"}
    places = {"kind": "table", "key": "list", "label": {"en": "Places"}}
    questions = [
        {**places, "columns": [name, paper], "rules": [rule]},
        {"kind": "picked", "key": "lead", "label": {"en": "Which first?"}, "source": "list/name"},
        steps,
        {"kind": "reference_letter", "key": "letter", "label": {"en": "Letter"}},
    ]
    project = [
        {"kind": "short_text", "key": "title", "label": label},
        {"kind": "amount", "key": "asked", "label": label},
    ]
    return from_json(
        {
            "format": 1,
            "facts": {"title": "title", "requested": "asked"},
            "sections": [
                {"key": "project", "title": label, "questions": project},
                {
                    "key": "partner",
                    "title": {"en": "Partner"},
                    "most_times": 3,
                    "questions": questions,
                },
                {"key": "end", "title": {"en": "End"}, "questions": [{**name, "key": "last"}]},
            ],
        }
    )


def an_application(
    site: Site,
    reference: str,
    names: tuple[str, str] = ("q_title", "q_places"),
    section: str = "project",
) -> Writing:
    def answers(session: Session) -> dict[str, Any]:
        rows = answers_of(session, application_by_reference(session, reference).id)
        return dict(rows[section].given) if section in rows else {}

    def deadline(session: Session) -> None:
        call = application_by_reference(session, reference).call
        call.deadline_at = clock.now() - timedelta(minutes=1)

    joint = section == "project"
    return Writing(site, f"/applying/{reference}", names, answers, deadline, section, joint)


def a_report(site: Site, award_id: int, address: str) -> Writing:
    def story(session: Session) -> dict[str, Any]:
        rows = draft_of(session, reports_of(session, award_id)[0].id)
        return dict(rows["story"].typed) if "story" in rows else {}

    def send(session: Session) -> None:
        sent = reports_of(session, award_id)[0]
        by = session.query(Person).where(Person.name.startswith("Luz")).one()
        submit(session, sent, report_content(session, sent), act_of(session, by))

    return Writing(site, address, ("q_narrative", "q_challenges"), story, send, "story")


@dataclass(frozen=True)
class Desk:
    """A person's browser."""

    context: BrowserContext

    def open(self, writing: Writing) -> Page:
        """A section in a new tab whose clock the test turns."""
        page = self.context.new_page()
        page.clock.install()
        page.goto(writing.path)
        return page

    def sign_in(self, email: str) -> Page:
        page = self.context.new_page()
        page.goto("/sign-in")
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/start")
        return page


OpenDesk = Callable[..., Desk]


@pytest.fixture
def desk_of(chrome: Browser, site: Site, writings: list[Writing]) -> Iterator[OpenDesk]:
    """A browser in which one of the two people has signed in."""
    opened: list[BrowserContext] = []

    def desk(name: str = "Luz", **options: Any) -> Desk:
        context = chrome.new_context(base_url=site.url, locale="en-GB", **options)
        context.set_default_timeout(30_000)
        opened.append(context)
        found = Desk(context)
        found.sign_in(email_of(site, name))
        return found

    assert writings
    yield desk
    for context in opened:
        context.close()


def email_of(site: Site, name: str) -> str:
    with site.database.transaction() as session:
        people = session.query(Person).where(Person.name.startswith(name)).all()
        return str(people[-1].email)


def end_sessions(site: Site) -> None:
    with site.database.transaction() as session:
        for person in session.query(Person):
            credentials.end_sign_ins(session, person.id)


def press(page: Page) -> None:
    page.get_by_role("button", name="Save and continue").click()


def goes_on(page: Page, writing: Writing) -> None:
    """The page that follows is there."""
    page.wait_for_url(lambda url: writing.path not in url)


def status(page: Page) -> Any:
    return page.locator("[data-autosave-status]")


def sign_in_here(page: Page, email: str) -> None:
    """On the page that answers to the button."""
    page.get_by_role("heading", name="Sign in to save what you typed").wait_for()
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
    page.get_by_role("button", name="Sign in and save").click()
    page.get_by_role("button", name="Save and continue").wait_for()


def copies(page: Page) -> int:
    """How many texts this device keeps."""
    found = page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('draft ')).length")
    return int(found)


def test_save_pressed_without_a_connection(writings: list[Writing], desk_of: OpenDesk) -> None:
    desk = desk_of()
    for writing in writings:
        page = desk.open(writing)
        desk.context.set_offline(True)
        writing.box(page).fill(WORDS)
        press(page)
        expect(status(page)).to_contain_text("Not saved: no connection")
        assert writing.box(page).input_value() == WORDS
        desk.context.set_offline(False)
        expect(status(page)).to_contain_text("Saved ")
        assert writing.kept() == WORDS
        press(page)
        goes_on(page, writing)
        assert copies(page) == 0


@contextmanager
def server_away(site: Site) -> Iterator[list[str]]:
    """What a proxy answers while the application is being restarted: the paths asked for."""
    whole, paths = site.app.wsgi_app, list[str]()

    def refuse(environ: Any, start_response: Any) -> Any:
        paths.append(environ["PATH_INFO"])
        return ServiceUnavailable()(environ, start_response)

    site.app.wsgi_app = refuse  # type: ignore[method-assign]
    yield paths
    site.app.wsgi_app = whole  # type: ignore[method-assign]


def test_save_pressed_while_the_server_is_away_and_the_page_is_opened_again(
    writings: list[Writing], desk_of: OpenDesk
) -> None:
    desk = desk_of()
    for writing in writings:
        page = desk.open(writing)
        with server_away(writing.site) as paths:
            writing.box(page).fill(WORDS)
            press(page)
            page.get_by_text("Service Unavailable").first.wait_for()
            saves = f"{writing.path}/autosave"  # before the button, and as the page is left
            while paths.count(saves) < 2:
                page.wait_for_timeout(50)
            page.close()
        assert writing.kept() == ""
        page = desk.open(writing)
        page.get_by_role("button", name="Restore it").click()
        expect(status(page)).to_contain_text("Saved ")
        assert writing.kept() == WORDS


def test_save_pressed_while_the_line_breaks_and_back_again(
    writings: list[Writing], desk_of: OpenDesk
) -> None:
    desk = desk_of()
    for writing in writings:
        page = desk.open(writing)
        page.route("**/*", lambda route: route.abort())
        writing.box(page).fill(WORDS)
        press(page)
        expect(status(page)).to_contain_text("Not saved: no connection")
        assert writing.box(page).input_value() == WORDS
        page.unroute_all()
        press(page)
        goes_on(page, writing)
        assert writing.kept() == WORDS


@pytest.mark.parametrize("javascript", [True, False])
def test_save_pressed_after_the_session_has_ended(
    site: Site, writings: list[Writing], desk_of: OpenDesk, javascript: bool
) -> None:
    desk = desk_of(java_script_enabled=javascript)
    for writing in writings:
        page = desk.context.new_page()
        page.goto(writing.path)
        writing.box(page).fill(WORDS)
        end_sessions(site)
        press(page)
        sign_in_here(page, email_of(site, "Luz"))
        assert writing.kept() == WORDS
        if javascript:
            assert copies(page) == 0


def test_save_pressed_after_the_cookies_are_gone(
    site: Site, writings: list[Writing], desk_of: OpenDesk
) -> None:
    desk = desk_of()
    for writing in writings:
        page = desk.open(writing)
        writing.box(page).fill(WORDS)
        desk.context.clear_cookies()
        press(page)
        sign_in_here(page, email_of(site, "Luz"))
        assert writing.kept() == WORDS


@pytest.mark.parametrize("javascript", [True, False])
def test_save_pressed_after_signing_in_again_in_another_tab(
    site: Site, writings: list[Writing], desk_of: OpenDesk, javascript: bool
) -> None:
    desk = desk_of(java_script_enabled=javascript)
    for writing in writings:
        page = desk.context.new_page()
        page.goto(writing.path)
        writing.box(page).fill(WORDS)
        desk.context.clear_cookies()
        desk.sign_in(email_of(site, "Luz"))
        press(page)
        if not javascript:
            page.get_by_role("heading", name="Confirm to save").wait_for()
            page.get_by_role("button", name="Save").click()
        goes_on(page, writing)
        assert writing.kept() == WORDS


def test_signed_out_while_writing_says_so_and_saves_after_signing_in_elsewhere(
    site: Site, writings: list[Writing], desk_of: OpenDesk
) -> None:
    desk = desk_of()
    for writing in writings:
        page = desk.open(writing)
        end_sessions(site)
        writing.box(page).fill(WORDS)
        page.clock.fast_forward(A_WHILE)
        expect(status(page)).to_contain_text("you are signed out")
        expect(status(page).get_by_role("link", name="Sign in here")).to_be_visible()
        desk.sign_in(email_of(site, "Luz"))
        page.clock.fast_forward(60_000)
        expect(status(page)).to_contain_text("Saved ")
        assert writing.kept() == WORDS


def test_a_server_that_was_restarted_is_found_without_another_key(
    writings: list[Writing], desk_of: OpenDesk
) -> None:
    desk = desk_of()
    for writing in writings:
        page = desk.open(writing)
        page.route("**/autosave", lambda route: route.abort())
        writing.box(page).fill(WORDS)
        page.clock.fast_forward(A_WHILE)
        expect(status(page)).to_contain_text("Not saved: no connection")
        page.unroute("**/autosave")
        page.clock.fast_forward(10_000)
        expect(status(page)).to_contain_text("Saved ")
        assert writing.kept() == WORDS


def test_save_pressed_after_the_time_for_writing_has_ended(
    site: Site, writings: list[Writing], desk_of: OpenDesk
) -> None:
    desk = desk_of()
    for writing in writings:
        page = desk.open(writing)
        with site.database.transaction() as session:
            writing.close(session)
        writing.box(page).fill(WORDS)
        page.clock.fast_forward(A_WHILE)
        expect(status(page)).to_contain_text("Not saved: ")
        press(page)
        expect(page.locator(".govuk-error-summary")).to_be_visible()
        assert writing.box(page).input_value() == WORDS
        page.goto(writing.path)
        place = page.locator("[data-kept-under]")
        expect(place).to_contain_text("can no longer be saved")
        assert WORDS in place.locator("textarea").input_value()
        place.get_by_role("button", name="Discard it").click()
        assert copies(page) == 0


def test_two_people_who_change_two_questions_keep_both(
    writings: list[Writing], desk_of: OpenDesk
) -> None:
    luz, eva = desk_of("Luz"), desk_of("Eva")
    for writing in writings:
        mine, hers = luz.open(writing), eva.open(writing)
        writing.box(hers, 1).fill("By Eva")
        press(hers)
        goes_on(hers, writing)
        writing.box(mine, 0).fill("By Luz")
        press(mine)
        goes_on(mine, writing)
        assert (writing.kept(0), writing.kept(1)) == ("By Luz", "By Eva")


def test_two_people_who_change_the_same_question_see_both_and_choose(
    writings: list[Writing], desk_of: OpenDesk
) -> None:
    luz, eva = desk_of("Luz"), desk_of("Eva")
    for writing in writings:
        mine, hers = luz.open(writing), eva.open(writing)
        writing.box(hers).fill("By Eva")
        press(hers)
        goes_on(hers, writing)
        writing.box(mine).fill("By Luz")
        mine.clock.fast_forward(A_WHILE)
        expect(status(mine)).to_contain_text("another user changed the same answer")
        press(mine)
        mine.get_by_text("Two versions").wait_for()
        assert writing.box(mine).input_value() == "By Luz"
        expect(mine.locator(".theirs")).to_contain_text("Saved by Eva Paz:")
        expect(mine.locator(".theirs")).to_contain_text("By Eva")
        mine.clock.fast_forward(20_000)
        press(mine)
        mine.get_by_text("Choose which answer to keep.").first.wait_for()
        assert writing.kept() == "By Eva"
        both = "Both, one after the other" if writing.is_joint else "My answer, as shown above"
        mine.get_by_label(both).check()
        press(mine)
        goes_on(mine, writing)
        assert writing.kept() in ("By Eva / By Luz", "By Eva\n\nBy Luz", "By Luz")


def test_signing_out_saves_first_and_asks_before_it_deletes(
    writings: list[Writing], desk_of: OpenDesk
) -> None:
    desk = desk_of()
    for writing in writings:
        page = desk.open(writing)
        writing.box(page).fill(WORDS)
        page.route("**/autosave", lambda route: route.abort())
        page.locator("[data-menu] summary").last.click()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("dialog")).to_contain_text("Text you have not saved is kept")
        page.get_by_role("button", name="Stay signed in").click()
        assert copies(page) == 1
        page.unroute("**/autosave")
        page.locator("[data-menu] summary").last.click()
        page.get_by_role("button", name="Sign out").click()
        page.get_by_text("You have signed out.").wait_for()
        assert writing.kept() == WORDS
        assert copies(page) == 0
        desk.sign_in(email_of(writing.site, "Luz"))


def test_nobody_is_offered_the_words_of_another_person(
    site: Site, writings: list[Writing], desk_of: OpenDesk
) -> None:
    desk = desk_of()
    page = desk.open(writings[0])
    desk.context.set_offline(True)
    writings[0].box(page).fill("Only for Luz")
    page.close()
    desk.context.set_offline(False)
    desk.context.clear_cookies()
    desk.sign_in(email_of(site, "Eva"))
    page = desk.open(writings[0])
    assert page.get_by_role("button", name="Restore it").count() == 0
    desk.context.clear_cookies()
    desk.sign_in(email_of(site, "Luz"))
    page = desk.open(writings[0])
    page.get_by_role("button", name="Restore it").click()
    expect(status(page)).to_contain_text("Saved ")
    assert writings[0].kept() == "Only for Luz"


def test_words_that_are_offered_are_not_overwritten_by_new_ones(
    writings: list[Writing], desk_of: OpenDesk
) -> None:
    desk = desk_of()
    for writing in writings:
        page = desk.open(writing)
        desk.context.set_offline(True)
        writing.box(page).fill("Written first")
        page.close()
        desk.context.set_offline(False)
        page = desk.open(writing)
        writing.box(page, 1).fill("Written later")
        page.clock.fast_forward(A_WHILE)
        expect(status(page)).to_contain_text("Saved ")
        page.close()
        page = desk.open(writing)
        page.get_by_role("button", name="Restore it").click()
        expect(status(page)).to_contain_text("Saved ")
        assert (writing.kept(0), writing.kept(1)) == ("Written first", "Written later")


def test_what_is_saved_stays_in_sight_on_a_small_telephone(
    writings: list[Writing], desk_of: OpenDesk
) -> None:
    desk = desk_of(viewport={"width": 320, "height": 640})
    for writing in writings:
        page = desk.open(writing)
        last = page.locator("form[data-autosave] textarea").last
        last.fill(WORDS)
        last.scroll_into_view_if_needed()
        page.clock.fast_forward(A_WHILE)
        expect(status(page)).to_contain_text("Saved ")
        expect(status(page)).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_row_that_was_picked_and_removed_offline_is_told_and_not_replaced(
    writings: list[Writing], desk_of: OpenDesk
) -> None:
    """A row is named, picked and removed without a connection; another row takes its place on the
    page, but not in the answer.
    """
    desk, writing = desk_of(), writings[-1]
    page = desk.open(writing)
    writing.box(page, 1).fill("Casa Sur")
    press(page)
    goes_on(page, writing)
    page.goto(writing.path)
    page.get_by_label("Which first?").select_option(label="Casa Sur")
    for year, amount in (("1", "10.10"), ("2", "20.20")):
        page.locator(f"[name=q_steps-0-c_year_{year}]").fill(amount)
    expect(page.get_by_text("30.30").first).to_be_visible()
    desk.context.set_offline(True)
    places = page.locator("[data-rows=q_list]")
    places.get_by_role("button", name="Remove").first.click()
    places.get_by_role("button", name="Add a row").click()
    places.locator("input[type=text]").last.fill("Ixchel")
    press(page)
    expect(status(page)).to_contain_text("Not saved: no connection")
    desk.context.set_offline(False)
    expect(status(page)).to_contain_text("Saved ")
    press(page)
    page.get_by_text("no longer in “Places”").first.wait_for()
    with writing.site.database.transaction() as session:
        given = writing.given(session)
    assert (given["q_list-1-c_name"], given["q_lead"]) == (["Ixchel"], ["0"])
    assert given["q_steps-0-c_year_2"] == ["20.20"]
