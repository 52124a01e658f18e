"""What the pages load: built whole, small, mirrored, and kept by the browser."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

from grants.platform.web import static
from grants.platform.web.assets import build

FIRST_VISIT = 90_000
"""Bytes for style sheet, all scripts and the letters of one script."""
MORE_LETTERS = 35_000
"""Bytes for those of a second one."""


@pytest.fixture
def client() -> FlaskClient:
    app = Flask("grants", root_path=str(build.OUTPUT.parent))
    static.install(app)
    return app.test_client()


@pytest.fixture
def names() -> dict[str, str]:
    names: dict[str, str] = json.loads(build.MANIFEST.read_text())
    return names


def fetch(client: FlaskClient, name: str, accepted: str) -> tuple[Headers, bytes]:
    with client.get(f"/static/{name}", headers={"Accept-Encoding": accepted}) as answer:
        assert answer.status_code == 200
        return answer.headers, answer.data


def test_what_is_built_is_what_the_sources_say() -> None:
    assert build._is_current(build._fingerprint_of_inputs()), "run: make assets"


def test_each_name_carries_a_checksum_and_has_its_file(names: dict[str, str]) -> None:
    for plain, stored in names.items():
        assert stored == build._stored_name(plain, (build.OUTPUT / stored).read_bytes())


@pytest.mark.parametrize("sheet", ["app.css", "app.rtl.css"])
def test_a_style_sheet_asks_only_for_files_that_are_there(
    sheet: str, names: dict[str, str]
) -> None:
    css = (build.OUTPUT / names[sheet]).read_text()
    asked = {url for url in build.IN_CSS.findall(css) if not url.startswith(("data:", "/", "#"))}
    assert asked
    assert asked <= set(names.values())


def test_the_mirrored_sheet_puts_the_start_on_the_right(names: dict[str, str]) -> None:
    radio = re.compile(r"\.govuk-radios__input\{margin-(left|right):-10px\}")
    sides = [
        radio.search((build.OUTPUT / names[s]).read_text()) for s in ("app.css", "app.rtl.css")
    ]
    assert [side and side[1] for side in sides] == ["left", "right"]


@pytest.mark.parametrize(
    ("sheet", "fonts"),
    [
        ("app.css", {"noto-sans-latin.woff2"}),
        ("app.css", {"noto-sans-latin.woff2", "noto-sans-cyrillic.woff2"}),
        ("app.rtl.css", {"noto-sans-latin.woff2", "vazirmatn-arabic.woff2"}),
    ],
)
def test_a_first_visit_stays_light(
    sheet: str, fonts: set[str], names: dict[str, str], client: FlaskClient
) -> None:
    loaded = {sheet, *fonts, *(name for name in names if name.endswith(".js"))}
    sent = {name: len(fetch(client, names[name], "gzip")[1]) for name in loaded}
    assert sum(sent.values()) < FIRST_VISIT + MORE_LETTERS * (len(fonts) - 1), sent


@pytest.mark.parametrize(("accepted", "sent"), [("gzip, br", "br"), ("gzip", "gzip"), ("", None)])
def test_a_browser_gets_the_form_it_can_read_and_keeps_it(
    accepted: str, sent: str | None, names: dict[str, str], client: FlaskClient
) -> None:
    headers, _ = fetch(client, names["app.css"], accepted)
    assert headers.get("Content-Encoding") == sent
    assert headers["Content-Type"] == "text/css; charset=utf-8"
    assert headers["Vary"] == "Accept-Encoding"
    assert "immutable" in headers["Cache-Control"]


def test_only_built_files_are_handed_out(client: FlaskClient) -> None:
    assert client.get("/static/../config.py").status_code == 404
    assert client.get("/static/nothing.css").status_code == 404


def test_scripts_name_each_other_by_their_stored_names() -> None:
    done: dict[str, bytes] = {}
    sources = {"a.js": 'import {b} from "./b.js";', "b.js": "export const b = 1;"}
    build._finish_script("a.js", sources, done, ())
    assert build._stored_name("b.js", done["b.js"]) in done["a.js"].decode()


def test_scripts_in_a_circle_are_refused() -> None:
    sources = {"a.js": 'import "./b.js";', "b.js": 'import "./a.js";'}
    with pytest.raises(build.Unbuildable, match=r"a\.js → b\.js → a\.js"):
        build._finish_script("a.js", sources, {}, ())


def test_a_style_sheet_that_asks_for_a_missing_picture_is_refused() -> None:
    with pytest.raises(build.Unbuildable, match=r"lost\.svg"):
        build._with_stored_names("a{background:url(lost.svg)}", {}, Path("app.scss"))


@pytest.mark.parametrize("sheet", ["app.css", "app.rtl.css"])
def test_nothing_of_another_brand_is_left(sheet: str, names: dict[str, str]) -> None:
    css = (build.OUTPUT / names[sheet]).read_text().lower()
    theirs = (
        "gds transport",
        "#1d70b8",
        "#0b0c0c",
        "#ffdd00",
        "#fd0",
        "#0f7a52",
        "#d4351c",
        "crown",
    )
    assert [mark for mark in theirs if mark in css] == []
