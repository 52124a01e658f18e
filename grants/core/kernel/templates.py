"""Templates outside a web page: e-mails and documents, with the same filters and languages."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from grants.core.kernel import formats, language
from grants.core.kernel.references import keep_references

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


def speak(made: Environment) -> None:
    """Give an environment the fund's languages and formats."""
    made.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: language.catalogue().gettext(text),
        lambda one, many, num: language.catalogue().ngettext(one, many, num),
        newstyle=True,
        pgettext=lambda context, text: language.catalogue().pgettext(context, text),
    )
    made.globals.update(current_language=language.current_language)
    made.filters.update(formats.FILTERS, keep_references=keep_references)
