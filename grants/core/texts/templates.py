"""Templates outside a web page: e-mails and documents, with the same filters and languages."""

from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.nodes import EvalContext
from jinja2.utils import pass_eval_context
from markupsafe import Markup

from grants.core.kernel import language
from grants.core.texts import formats
from grants.core.texts.references import keep_references

FOLDER = Path(__file__).parents[3] / "templates"


@cache
def environment() -> Environment:
    """Jinja over templates/: HTML is escaped, an unknown name is an error, `_` is gettext."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        cache_size=-1,
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    speak(made)
    return made


@pass_eval_context
def _said(reading: EvalContext, text: str, /, **values: Any) -> str:
    """`_('…')` of a template. Most texts have nothing to fill in, and a page has a hundred."""
    if values:
        found: str = language.catalogue().gettext(text)
        return (Markup(found) if reading.autoescape else found) % values  # noqa: S704 - by translators
    return _whole(language.current_language().code, text, as_html=reading.autoescape)


@lru_cache(maxsize=8192)
def _whole(_code: str, text: str, *, as_html: bool) -> str:
    found: str = language.catalogue().gettext(text) % {}
    return Markup(found) if as_html else found  # noqa: S704 - by translators


def speak(made: Environment) -> None:
    """Give an environment the fund's languages and formats."""
    made.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: language.catalogue().gettext(text),
        lambda one, many, num: language.catalogue().ngettext(one, many, num),
        newstyle=True,
        pgettext=lambda context, text: language.catalogue().pgettext(context, text),
    )
    made.globals.update(_=_said, gettext=_said, current_language=language.current_language)
    made.filters.update(formats.FILTERS, keep_references=keep_references)
