"""Takes the README pictures from a fresh demonstration: .venv/bin/python -m docs.take_pictures"""

import threading
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from bench._stand import installation
from grants.core.kernel import clock
from grants.machine import chromium
from seeds.cast import STAFF
from seeds.story import plant

FOLDER = Path(__file__).parent / "pictures"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with installation() as (app, database):
        with database.transaction() as session:
            plant(session, clock.today())
        take_from(app)


def take_from(app: Flask) -> None:
    with sync_playwright() as playwright:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        take(browser, f"http://127.0.0.1:{server.port}")
        browser.close()
        server.shutdown()


def take(browser: Browser, site: str) -> None:
    """The public page as a visitor sees it, the dashboard as the fund manager does."""
    page = browser.new_page(viewport={"width": 1200, "height": 900}, base_url=site)
    page.goto("/")
    page.screenshot(path=FOLDER / "home.png")
    page.goto("/demonstration")
    page.locator(f"tr:has-text('{STAFF[0].email}') button").click()
    page.wait_for_load_state()
    page.goto("/dashboard")
    page.screenshot(path=FOLDER / "dashboard.png")


if __name__ == "__main__":
    main()
