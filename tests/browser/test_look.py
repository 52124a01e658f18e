"""The look in a real browser: reachable, mirrored, narrow, and quick to load."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from grants.core.kernel.lengths import count_words
from tests.browser.serving import served
from tests.platform.web.bare import make_bare_app

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def bare() -> Flask:
    return make_bare_app()


@pytest.fixture(scope="module")
def address(bare: Flask) -> Iterator[str]:
    with served(bare) as url:
        yield f"{url}/gallery"


@pytest.fixture
def context(chrome: Browser) -> Iterator[BrowserContext]:
    context = chrome.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, bare: Flask) -> Iterator[Page]:
    """A page whose console must stay silent."""
    complaints: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    bare.extensions["saved"].clear()
    bare.extensions.pop("answer", None)
    yield page
    assert complaints == []


def send_off_wrongly(page: Page) -> None:
    page.locator("#staff, #pledge-amount").first.fill("lots")
    page.locator("#people-female-12-17").fill("x")
    page.locator(".form .govuk-button-group button").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()


def box(page: Page, selector: str) -> dict[str, float]:
    found = page.locator(selector).first.bounding_box()
    assert found
    return {"x": found["x"], "end": found["x"] + found["width"]}


@pytest.mark.parametrize("language", ["en", "ar-XB"])
@pytest.mark.parametrize("width", [1280, 320])
def test_nobody_is_shut_out(chrome: Browser, address: str, language: str, width: int) -> None:
    context = chrome.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{address}?language={language}")
    for wrong in (False, True):
        if wrong:
            send_off_wrongly(page)
        page.add_script_tag(path=AXE)
        found = page.evaluate("axe.run(document, {runOnly: %r})" % STANDARDS)  # noqa: UP031
        assert [
            (violation["id"], [node["target"] for node in violation["nodes"]])
            for violation in found["violations"]
        ] == []
    context.close()


@pytest.mark.parametrize("language", ["en", "ar-XB"])
def test_a_page_fits_a_narrow_screen_even_with_errors(
    page: Page, address: str, language: str
) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"{address}?language={language}")
    send_off_wrongly(page)
    overhang = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overhang) == 0


def test_everything_stands_on_the_right_in_a_language_from_the_right(
    page: Page, address: str
) -> None:
    page.goto(f"{address}?language=ar-XB")
    main = box(page, "main")
    for start in ("label[for=name]", "#name", "h1", ".tile", "#problem"):
        assert box(page, start)["end"] > main["end"] - 60, start
    radio, label = box(page, "#kind"), box(page, "label[for=kind]")
    assert radio["x"] > label["x"]
    assert box(page, ".site-header__home")["x"] > box(page, ".site-header__menus")["x"]
    assert box(page, ".pages__link--previous")["x"] > box(page, ".pages__link--next")["x"]
    arrow = "getComputedStyle(document.querySelector('.govuk-back-link'), '::before').right"
    assert page.evaluate(arrow) in ("3px", "0px")
    marker = "getComputedStyle(document.querySelector('.govuk-details__summary'), '::before')"
    assert page.evaluate(f"{marker}.clipPath") == "polygon(100% 0%, 0% 50%, 100% 100%)"
    amount = page.locator(".data .money").first
    assert amount.evaluate("element => getComputedStyle(element).direction") == "ltr"


def test_the_first_visit_loads_little_and_the_next_one_less(
    context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.goto(f"{address}?language=ar-XB", wait_until="networkidle")
    assets = sum(sizes) - len(page.content().encode())
    assert sum(sizes) > 50_000
    assert assets < 150_000
    page.goto(f"{address}?language=ar-XB", wait_until="networkidle")


def test_the_keyboard_alone_reaches_the_content_and_leaves_a_menu(page: Page, address: str) -> None:
    page.goto(address)
    page.keyboard.press("Tab")
    expect(page.locator(".govuk-skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main-content")).to_be_focused()
    menu = page.locator("[data-menu] summary").last
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(menu).to_be_focused()


def test_totals_in_the_browser_are_those_of_the_server(page: Page, address: str) -> None:
    page.goto(address)
    rows = page.locator("#budget-group tbody [data-row]")
    page.get_by_role("button", name="Add a row").click()
    expect(rows).to_have_count(3)
    added = page.locator("#budget-2-category")
    expect(added).to_be_focused()
    choices = [page.locator(f"#budget-{row}-category option").all_inner_texts() for row in (0, 2)]
    assert choices[0] == choices[1]
    assert len(choices[0]) > 1
    expect(added).to_have_value("")
    for column, text in (("description", "Rent"), ("quantity", "2,5"), ("unit_cost", "1.000,01")):
        page.locator(f"#budget-2-{column}").fill(text)
    said = page.locator("[data-sum]").inner_text()
    assert rows.nth(2).locator("[data-line]").inner_text() == "2,500.02"
    send_off_wrongly(page)
    assert page.locator("[data-sum]").inner_text() == said == "17,506.02"
    page.locator("#budget-group [data-remove]").first.click()
    expect(rows).to_have_count(2)
    expect(page.locator("[data-sum]")).to_have_text("12,100.02")


def test_counts_of_persons_add_up_while_they_are_typed(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("#people-other-60\\+").fill("1,000")
    assert page.locator("[data-matrix] tfoot [data-total]").inner_text() == "1,117"


def test_characters_are_counted_as_the_server_counts_them(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("#problem").fill("😀e\u0301\n ")
    status = page.locator(".govuk-character-count__status").first
    expect(status).to_have_text("You have 1,498 characters remaining")


@pytest.mark.parametrize(
    "text",
    [
        "one two\nthree\tfour",
        "l’aide – 3,5 %",
        "مركز إيواء",
        "救助人口 NGO",
        "日本の",
        "a\u00a0b\ufeffc",
    ],
)
def test_words_are_counted_as_the_server_counts_them(page: Page, address: str, text: str) -> None:
    page.goto(address)
    page.locator("#change").fill(text)
    status = page.locator(".govuk-character-count__status").last
    expect(status).to_have_text(f"You have {150 - count_words(text)} words remaining")


def test_no_more_rows_are_added_than_there_may_be(page: Page, address: str) -> None:
    page.goto(address)
    table = page.locator("#budget-group")
    add = table.get_by_role("button", name="Add a row")
    for _more in range(2):
        add.click()
    expect(add).to_be_hidden()
    expect(table.get_by_text("There can be no more than 4 rows.")).to_be_visible()
    table.locator("[data-remove]").last.click()
    expect(add).to_be_visible()


def test_a_form_works_without_scripts(chrome: Browser, address: str) -> None:
    context = chrome.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.get_by_role("button", name="Add a row").click()
    expect(page.locator("#budget-group tbody [data-row]")).to_have_count(3)
    expect(page.locator(".govuk-error-summary")).to_have_count(0)
    page.locator("[name=budget-remove]").first.click()
    expect(page.locator("#budget-1-description")).to_have_value("Counsellor")
    expect(page.locator("#budget-0-description")).to_have_count(0)
    context.close()


def _type(page: Page, text: str) -> None:
    page.clock.install()
    page.reload()
    page.locator("#name").fill(text)
    page.clock.run_for(21_000)


def test_a_long_form_saves_itself(page: Page, address: str, bare: Flask) -> None:
    page.goto(address)
    _type(page, "Refuge")
    expect(page.locator(".autosave")).to_contain_text("Saved ")
    assert bare.extensions["saved"][-1]["name"] == "Refuge"
    assert "password" not in bare.extensions["saved"][-1]


def test_each_save_builds_on_the_one_before(page: Page, address: str, bare: Flask) -> None:
    page.goto(address)
    _type(page, "One")
    expect(page.locator(".autosave")).to_contain_text("Saved ")
    page.locator("#name").fill("Two")
    page.clock.run_for(21_000)
    expect(page.locator("#version")).to_have_value("3")
    assert [saved["version"] for saved in bare.extensions["saved"]] == ["1", "2"]


def test_signing_out_leaves_nothing_on_a_shared_computer(
    context: BrowserContext, address: str, bare: Flask
) -> None:
    page = context.new_page()
    page.goto(address)
    page.locator("#name").fill("Secret")
    kept = "Object.keys(localStorage).filter(key => key !== 'signed-in-until').length"
    assert page.evaluate(kept) == 1
    page.locator("[data-menu] summary").last.click()
    with page.expect_navigation():
        page.get_by_role("button", name="Sign out").click()
    page.goto(address)
    assert page.evaluate(kept) == 0


def test_what_could_not_be_saved_is_kept_and_offered_again(
    context: BrowserContext, address: str, bare: Flask
) -> None:
    page = context.new_page()
    page.goto(address)
    bare.extensions["answer"] = 500
    _type(page, "Written on a train")
    expect(page.locator(".autosave")).to_contain_text("kept on this device")
    del bare.extensions["answer"]
    page.reload()
    expect(page.locator("#name")).to_have_value("Maison d’Espoir")
    page.get_by_role("button", name="Restore it").click()
    expect(page.locator("#name")).to_have_value("Written on a train")
    expect(page.locator(".autosave")).to_contain_text("Saved ")
    assert bare.extensions["saved"][-1]["name"] == "Written on a train"
    page.reload()
    expect(page.get_by_role("button", name="Restore it")).to_have_count(0)


def test_clicking_again_while_a_form_is_on_its_way_sends_nothing_more(
    page: Page, address: str
) -> None:
    posts: list[str] = []
    page.on("request", lambda sent: posts.append(sent.url) if sent.method == "POST" else None)
    page.goto(address)
    page.evaluate(
        """() => { const button = document.querySelector('.form .govuk-button-group button');
                   for (const wait of [0, 25, 50]) setTimeout(() => button.click(), wait); }"""
    )
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    assert len(posts) == 1
