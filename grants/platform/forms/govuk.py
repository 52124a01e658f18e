"""The GOV.UK Frontend macros, called from Python, with every default text of theirs translated.

The macros rely on lenient undefined names, which our own templates refuse. So they live in an
environment of their own, and nothing else is rendered there.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from babel.core import Locale
from jinja2 import ChainableUndefined, Environment, PackageLoader, PrefixLoader
from markupsafe import Markup

from grants.core.kernel.language import current_language, ngettext, pgettext
from grants.core.kernel.language import gettext as _
from grants.core.texts.formats import plain_number
from grants.core.texts.marks import spaced

_PACKAGE = "govuk_frontend_jinja"

_environment = Environment(
    loader=PrefixLoader({_PACKAGE: PackageLoader(_PACKAGE)}),
    autoescape=True,
    undefined=ChainableUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


_OPTIONAL = frozenset({"autocomplete", "inputmode"})
"""Attributes that may not be empty: without a value they are left out."""


@cache
def _macro_of(name: str) -> Callable[[Mapping[str, Any]], Markup]:
    """The macro of a component: "date-input" is govukDateInput."""
    template = _environment.get_template(f"{_PACKAGE}/components/{name}/macro.html")
    camel = "".join(part.capitalize() for part in name.split("-"))
    macro: Callable[[Mapping[str, Any]], Markup] = getattr(template.module, f"govuk{camel}")
    return macro


def govuk(name: str, params: Mapping[str, Any]) -> Markup:
    """One component as HTML, in the reader's language."""
    if name not in _ALIKE or _is_filled_in(params):
        return _draw_component(name, params)  # what a person typed is not kept
    key = (name, current_language().code, _facts_of(params))
    drawn = _kept.get(key)
    if drawn is None:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        drawn = _kept[key] = _draw_component(name, params)
    return drawn


def _is_filled_in(params: Mapping[str, Any]) -> bool:
    if params.get("value") or "errorMessage" in params:
        return True
    parts = params.get("items", ()) if "namePrefix" in params else ()
    return any(part.get("value") for part in parts)


_ALIKE = frozenset(
    {"back-link", "date-input", "input", "select", "service-navigation", "skip-link"}
)
"""Components that are the same for many readers, and drawn once."""
MOST_KEPT = 2_000
_kept: dict[tuple[Any, ...], Markup] = {}


def _facts_of(params: Any) -> Any:
    """The same values in a form that can be looked up; markup is another thing than its text."""
    if isinstance(params, dict):
        return tuple([(key, _facts_of(value)) for key, value in params.items()])
    if isinstance(params, list):
        return tuple([_facts_of(value) for value in params])
    if type(params) is str or params is None:
        return params
    return type(params), str(params)


def _draw_component(name: str, params: Mapping[str, Any]) -> Markup:
    defaults = _DEFAULTS.get(name)
    present = {key: value for key, value in params.items() if key not in _OPTIONAL or value}
    return _macro_of(name)({**(defaults() if defaults else {}), **present}).strip()


def error_message(text: str) -> dict[str, Any]:
    """The error below a label; screen readers hear "Error:" first."""
    html = Markup('<span class="govuk-visually-hidden">{}</span> {}').format(_("Error:"), text)
    return {"html": html, "visuallyHiddenText": ""}


def _password_texts() -> dict[str, Any]:
    """What is read out begins with the word on the button, in every language (WCAG 2.5.3)."""
    show, hide, word = pgettext("passphrase", "Show"), _("Hide"), _("Passphrase")
    return {
        "showPasswordText": show,
        "hidePasswordText": hide,
        "showPasswordAriaLabelText": spaced(":").join((show, word)),
        "hidePasswordAriaLabelText": spaced(":").join((hide, word)),
        "passwordShownAnnouncementText": _("Your passphrase is visible"),
        "passwordHiddenAnnouncementText": _("Your passphrase is hidden"),
    }


def character_texts(most: int) -> dict[str, Any]:
    return {
        "textareaDescriptionText": _(
            "You can enter up to %(count)s characters", count=plain_number(most)
        ),
        "charactersUnderLimitText": _plural_forms(
            lambda number: ngettext(
                "You have %(count)s character remaining",
                "You have %(count)s characters remaining",
                number,
                count="%{count}",
            )
        ),
        "charactersAtLimitText": _("You have 0 characters remaining"),
        "charactersOverLimitText": _plural_forms(
            lambda number: ngettext(
                "You have %(count)s character too many",
                "You have %(count)s characters too many",
                number,
                count="%{count}",
            )
        ),
    }


def word_texts(most: int) -> dict[str, Any]:
    """What a count of words says, where a text is limited in words."""
    return {
        "textareaDescriptionText": _(
            "You can enter up to %(count)s words", count=plain_number(most)
        ),
        "wordsUnderLimitText": _plural_forms(
            lambda number: ngettext(
                "You have %(count)s word remaining",
                "You have %(count)s words remaining",
                number,
                count="%{count}",
            )
        ),
        "wordsAtLimitText": _("You have 0 words remaining"),
        "wordsOverLimitText": _plural_forms(
            lambda number: ngettext(
                "You have %(count)s word too many",
                "You have %(count)s words too many",
                number,
                count="%{count}",
            )
        ),
    }


def _banner_texts() -> dict[str, Any]:
    return {"titleText": _("Important")}


_DEFAULTS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "back-link": lambda: {"text": _("Back")},
    "error-summary": lambda: {"titleText": _("There is a problem")},
    "notification-banner": _banner_texts,
    "password-input": _password_texts,
    "skip-link": lambda: {"text": _("Skip to main content")},
}


def _plural_forms(message: Callable[[int], str]) -> dict[str, str]:
    """The message for each plural rule of the language; the browser puts the number in."""
    return {
        rule: message(number) for rule, number in _plural_examples(current_language().locale_code)
    }


@cache
def _plural_examples(locale_code: str) -> tuple[tuple[str, int], ...]:
    """A number for each plural rule: English ("one", 1), ("other", 0); Arabic has six."""
    plural = Locale.parse(locale_code).plural_form
    numbers: dict[str, int] = {}
    for number in range(1001):
        numbers.setdefault(plural(number), number)
    return tuple(numbers.items())
