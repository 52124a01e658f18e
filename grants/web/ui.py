"""The look of every page: the template environment and the names each template may use.

`install(app)` is called once. Templates then have `_`, `ngettext`, `{% trans %}`, the filters of
kernel/formats.py, `govuk(name, params)` for a bare component, `asset('app.css')`, `language()`.
The app replaces what it knows better: `navigation()`, `account()`, `language_choices()`,
`fund_name()`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, request, url_for
from jinja2 import StrictUndefined
from markupsafe import Markup, escape

from grants.kernel import language as languages
from grants.kernel.templates import speak
from grants.web.govuk import govuk

SERVICE = "Paragraph 20"
"""The product's own name, the same in every language."""


@dataclass(frozen=True, slots=True)
class NavItem:
    """A line of the primary navigation. `count`: how much waits there for the person."""

    text: str
    href: str
    current: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True)
class Account:
    """Who is signed in, for the menu at the top of the page."""

    name: str
    role: str
    profile_url: str
    sign_out_url: str


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """A language the reader may change to."""

    code: str
    name: str
    direction: str
    href: str
    current: bool


def install(app: Flask) -> None:
    """Give the app's templates everything they may use. Before the first template is loaded."""
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    for extension in ("i18n", "do", "loopcontrols"):
        environment.add_extension(f"jinja2.ext.{extension}")
    speak(environment)
    environment.globals.update(_GLOBALS)


def asset(name: str) -> str:
    """The address of a built file, in the reader's direction: app.css is app.rtl.css in Arabic."""
    if name.endswith(".css") and languages.current_language().direction == "rtl":
        name = f"{name[:-4]}.rtl.css"
    folder = str(current_app.static_folder)
    built = _manifest(folder) if not current_app.debug else _manifest.__wrapped__(folder)
    return url_for("static", filename=built.get(name, name))


def navigation_links(items: Sequence[NavItem]) -> list[dict[str, Any]]:
    """The navigation for the GOV.UK macro; what waits stands in a badge."""
    return [
        {"href": item.href, "current": item.current, "html": escape(item.text) + _badge(item.count)}
        for item in items
    ]


def _badge(count: int) -> Markup:
    return Markup(' <span class="count">{}</span>').format(count) if count else Markup()


def language_choices() -> list[LanguageChoice]:
    """Each language offered, as a link to the same page in it."""
    here = languages.current_language().code
    return [
        LanguageChoice(code, known.name, known.direction, _here_in(code), code == here)
        for code, known in languages.LANGUAGES.items()
        if code in languages.OFFERED or code == here
    ]


def _here_in(code: str) -> str:
    query = [(key, text) for key, text in request.args.items(multi=True) if key != "language"]
    return f"{request.path}?{urlencode([*query, ('language', code)])}"


@cache
def _manifest(folder: str) -> Mapping[str, str]:
    """Built name of each asset; none before the assets are built."""
    path = Path(folder) / "manifest.json"
    if not path.is_file():
        return {}
    names: Mapping[str, str] = json.loads(path.read_text("utf-8"))
    return names


_GLOBALS: Mapping[str, Any] = {
    "SERVICE": SERVICE,
    "asset": asset,
    "govuk": govuk,
    "language": languages.current_language,
    "language_choices": language_choices,
    "navigation_links": navigation_links,
    "navigation": list,
    "account": lambda: None,
    "fund_name": lambda: "",
}
