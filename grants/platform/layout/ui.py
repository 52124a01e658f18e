"""The look of every page: the template environment and the names each template may use.

`install(app)` is called once. Templates then have `_`, `ngettext`, `{% trans %}`, the filters of
kernel/formats.py, `govuk(name, params)` for a bare component, `asset('app.css')`, `language()`,
and what is in the frame of a page (chrome.py).
"""

from collections.abc import Mapping
from typing import Any

from flask import Flask, request
from jinja2 import StrictUndefined

from grants.core.countries.countries import country_name
from grants.core.kernel import language as languages
from grants.core.kernel.links import absolute
from grants.core.texts.templates import speak
from grants.platform.charts.lights import lights
from grants.platform.forms.govuk import govuk
from grants.platform.guides.places import help_here
from grants.platform.layout import chrome
from grants.platform.layout.proof import saved_stamps
from grants.platform.layout.reading import (
    in_words_of,
    missing_in,
    reading_choices,
    text_language,
    text_of,
    translations_shown,
    words_of,
)
from grants.platform.layout.siblings import more_pages, tabs_here
from grants.platform.tables.cells import Lines, Link, Tag
from grants.platform.tables.tables import (
    events_of,
    heads_of,
    look_of_column,
    row_under,
    rows_of,
    table_rows,
)
from grants.platform.web import access
from grants.platform.web.arrival import without_unstorable
from grants.platform.web.face import face, funds_to_choose, give_url, mark_url, preview_path
from grants.platform.web.icons import icon
from grants.platform.web.static import asset, page_fonts

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


_GLOBALS: Mapping[str, Any] = {
    "SERVICE": SERVICE,
    "asset": asset,
    "page_fonts": page_fonts,
    "country_name": country_name,
    "in_language": languages.in_language,
    "govuk": govuk,
    "language": languages.current_language,
    "language_choices": chrome.language_choices,
    "reading_choices": reading_choices,
    "here_in": chrome.here_in,
    "translations_shown": translations_shown,
    "text_language": text_language,
    "missing_in": missing_in,
    "in_words_of": in_words_of,
    "text_of": text_of,
    "words_of": words_of,
    "navigation": chrome.navigation,
    "drawn_once": chrome.drawn_once,
    "drawn_long": chrome.drawn_long,
    "all_pages": chrome.all_pages,
    "navigation_links": chrome.navigation_links,
    "account": chrome.account,
    "viewer_may": lambda permission: access.viewer().may(permission),
    "sign_in_url": chrome.sign_in_url,
    "funds_to_choose": funds_to_choose,
    "give_url": give_url,
    "help_here": help_here,
    "more_pages": more_pages,
    "tabs_here": tabs_here,
    "mark_url": mark_url,
    "preview_url": lambda: absolute(preview_path()),
    "path_here": lambda: request.path,
    "page_url": lambda: absolute(without_unstorable(request.path)),
    "page_in_languages": chrome.page_in_languages,
    "saved_stamps": saved_stamps,
    "who": access.who,
    "signed_in_until": access.signed_in_until,
    "table_rows": table_rows,
    "heads_of": heads_of,
    "look_of_column": look_of_column,
    "row_under": row_under,
    "rows_of": rows_of,
    "events_of": events_of,
    "Link": Link,
    "Lines": Lines,
    "Tag": Tag,
    "face": face,
    "icon": icon,
    "lights": lights,
}
