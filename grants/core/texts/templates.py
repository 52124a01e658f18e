"""Templates outside a web page: e-mails and documents, with the same filters and languages."""

from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from jinja2.utils import pass_context, pass_eval_context
from markupsafe import Markup

from grants.core.kernel import language
from grants.core.texts import formats
from grants.core.texts.marks import spaced
from grants.core.texts.references import keep_references

FOLDER = Path(__file__).parents[3] / "templates"


@cache
def environment() -> Environment:
    """Jinja over templates/: HTML is escaped, an unknown name is an error, `_` is gettext."""
    jinja = Environment(
        loader=FileSystemLoader(FOLDER),
        cache_size=-1,
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    speak(jinja)
    return jinja


@pass_eval_context
def _translate_text(reading: EvalContext, text: str, /, **values: Any) -> str:
    """`_('…')` of a template. Most texts have nothing to fill in, and a page has a hundred."""
    if values:
        message: str = language.catalogue().gettext(text)
        return (Markup(message) if reading.autoescape else message) % values  # noqa: S704 - by translators
    return _whole_message(language.current_language().code, text, as_html=reading.autoescape)


@pass_eval_context
def _translate_number(
    reading: EvalContext, single: str, many: str, num: int, /, **values: Any
) -> str:
    """`ngettext('…', '…', count)` of a template."""
    message: str = language.catalogue().ngettext(single, many, num)
    filled = {"num": language.counted(num), **values}
    return (Markup(message) if reading.autoescape else message) % filled  # noqa: S704 - by translators


@lru_cache(maxsize=8192)
def _whole_message(_code: str, text: str, *, as_html: bool) -> str:
    message: str = language.catalogue().gettext(text) % {}
    return Markup(message) if as_html else message  # noqa: S704 - by translators


@pass_context
def _spaced_mark(_context: Context, mark: str) -> str:
    """A mark as the reader's language has it: the context keeps Jinja from settling it once, when
    the template is compiled.
    """
    return spaced(mark)


def speak(jinja: Environment) -> None:
    """Give an environment the fund's languages and formats."""
    jinja.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: language.catalogue().gettext(text),
        lambda single, many, num: language.catalogue().ngettext(single, many, num),
        newstyle=True,
        pgettext=lambda context, text: language.catalogue().pgettext(context, text),
    )
    jinja.globals.update(
        _=_translate_text,
        gettext=_translate_text,
        ngettext=_translate_number,
        current_language=language.current_language,
    )
    jinja.filters.update(formats.FILTERS, keep_references=keep_references, spaced=_spaced_mark)
