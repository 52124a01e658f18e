"""The look of every page: the template environment and the names each template may use.

`install(app)` is called once. Templates then have `_`, `ngettext`, `{% trans %}`, the filters of
kernel/formats.py, `govuk(name, params)` for a bare component, `asset('app.css')`, `language()`,
and what is in the frame of a page (chrome.py).
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request, url_for
from jinja2 import StrictUndefined

from grants.core.kernel import language as languages
from grants.core.kernel.countries import country_name
from grants.core.kernel.links import absolute
from grants.core.kernel.templates import speak
from grants.platform.web import access, chrome
from grants.platform.web.arrival import without_unstorable
from grants.platform.web.govuk import govuk
from grants.platform.web.proof import saved_stamps
from grants.platform.web.tables import table_rows

SERVICE = "Paragraph 20"
"""The product's own name, the same in every language."""


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
    "country_name": country_name,
    "in_language": languages.in_language,
    "govuk": govuk,
    "language": languages.current_language,
    "language_choices": chrome.language_choices,
    "navigation": chrome.navigation,
    "navigation_links": chrome.navigation_links,
    "account": chrome.account,
    "sign_in_url": chrome.sign_in_url,
    "page_url": lambda: absolute(without_unstorable(request.path)),
    "saved_stamps": saved_stamps,
    "who": access.who,
    "table_rows": table_rows,
    "fund_name": lambda: "",
}
