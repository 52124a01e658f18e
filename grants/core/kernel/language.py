"""Language of a reader or a document: messages, direction, and the locale for numbers and dates.

Works without a web request, so an e-mail or a PDF speaks its recipient's language whatever the
language of the person whose act caused it. Two pseudo-languages mark every translated message,
so a test can find text that never went through gettext.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import LazyProxy, Translations

TRANSLATIONS = Path(__file__).parents[2] / "translations"
OPEN_MARK, CLOSE_MARK = "⟦", "⟧"


@dataclass(frozen=True, slots=True)
class Language:
    """A language the fund speaks: its code, its own name, its direction ("ltr" or "rtl")."""

    code: str
    name: str
    locale_code: str
    direction: str = "ltr"
    pseudo: bool = False

    @property
    def locale(self) -> Locale:
        return _locale_of(self.locale_code)


@cache
def _locale_of(code: str) -> Locale:
    """Babel reads it again each time, which slows down a list of amounts."""
    return Locale.parse(code)


LANGUAGES: Mapping[str, Language] = {
    language.code: language
    for language in (
        Language("en", "English", "en_GB"),
        Language("ar", "العربية", "ar", "rtl"),
        Language("zh", "中文", "zh_Hans"),
        Language("fr", "Français", "fr"),
        Language("ru", "Русский", "ru"),
        Language("es", "Español", "es"),
        Language("en-XA", "Pseudo", "en_GB", pseudo=True),
        Language("ar-XB", "Pseudo, right-to-left", "ar", "rtl", pseudo=True),
    )
}
"""The six official languages of the United Nations; the pseudo-languages exist for tests."""

OFFERED = tuple(code for code, language in LANGUAGES.items() if not language.pseudo)


@dataclass
class _House:
    """The languages of this installation."""

    offered: tuple[str, ...]


_house = _House(OFFERED)


def offered() -> tuple[str, ...]:
    """The languages that the funds here speak, of those there are catalogues for."""
    return _house.offered


def offer(codes: Collection[str]) -> None:
    """Offer these languages from now on; English always."""
    _house.offered = tuple(code for code in OFFERED if code in codes or code == "en")


_current: ContextVar[Language] = ContextVar("language", default=LANGUAGES["en"])


class _Marked(NullTranslations):
    """English inside visible marks."""

    def gettext(self, message: str) -> str:
        return f"{OPEN_MARK}{message}{CLOSE_MARK}"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:  # noqa: ARG002 - gettext gives the arguments
        return self.gettext(message)


@cache
def _catalogue_of(code: str) -> NullTranslations:
    """The messages of a language, read from the file that translators edit: nothing to compile."""
    if written_language(code).pseudo:
        return _Marked()
    path = TRANSLATIONS / code / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as written:
        write_mo(compiled, read_po(written, locale=code))
    compiled.seek(0)
    return Translations(compiled)


def read_languages() -> None:
    """Read now what a reader of any language offered needs: processes that are forked from this one
    share it, and none of them has to read it.
    """
    for code in OFFERED:
        _catalogue_of(code)
        format_decimal(1, locale=LANGUAGES[code].locale)
        format_date(date.min, locale=LANGUAGES[code].locale)


def current_language() -> Language:
    """The language spoken here and now."""
    return _current.get()


@cache
def written_language(code: str) -> Language:
    """A language in which a text is, be there pages in it or not."""
    if code in LANGUAGES:
        return LANGUAGES[code]
    locale = Locale.parse(code)
    name = str(locale.get_language_name()).capitalize()
    return Language(code, name, code, locale.text_direction)


def use_language(code: str) -> AbstractContextManager[Language]:
    """Speak `code` inside; an unknown code speaks English."""
    return speaking(LANGUAGES.get(code, LANGUAGES["en"]))


@contextmanager
def speaking(language: Language) -> Iterator[Language]:
    """Speak this language inside."""
    token = _current.set(language)
    try:
        yield language
    finally:
        _current.reset(token)


def catalogue() -> NullTranslations:
    """The messages of the current language with their placeholders unfilled, for templates."""
    return _catalogue_of(current_language().code)


def _filled_in(text: str, values: Mapping[str, Any]) -> str:
    return text % values if values else text


def gettext(message: str, /, **values: Any) -> str:
    """`message` in the current language, its %(name)s placeholders filled."""
    return _filled_in(_catalogue_of(current_language().code).gettext(message), values)


def ngettext(single: str, many: str, num: int, **values: Any) -> str:
    """The plural form for `num`, which also fills %(num)s."""
    text = _catalogue_of(current_language().code).ngettext(single, many, num)
    return _filled_in(text, {"num": counted(num), **values})


def counted(num: int) -> int | str:
    """How many, with its thousands parted as the language does: 2,404."""
    return num if num < THOUSAND else format_decimal(num, locale=current_language().locale)


THOUSAND = 1000


def pgettext(context: str, message: str, /, **values: Any) -> str:
    """`message` where the same English word has several translations."""
    return _filled_in(_catalogue_of(current_language().code).pgettext(context, message), values)


def lazy_gettext(message: str, /, **values: Any) -> str:
    """Translated only when shown: for labels that are written once, at import."""
    lazy: Callable[..., Any] = LazyProxy
    return lazy(gettext, message, enable_cache=False, **values)  # type: ignore[no-any-return]


def lazy_pgettext(context: str, message: str, /, **values: Any) -> str:
    """`pgettext` for labels that are written once, at import: “Closed” of a call or of a grant."""
    lazy: Callable[..., Any] = LazyProxy
    return lazy(pgettext, context, message, enable_cache=False, **values)  # type: ignore[no-any-return]


def english(label: str) -> str:
    """The English of a label, whatever the language spoken: a name for it that stays."""
    with use_language("en"):
        return str(label)


def in_language(texts: Mapping[str, str]) -> str:
    """One text of a record kept in several languages ({"en": …}); English where one lacks."""
    language = current_language()
    text = texts.get(language.code) or texts.get("en") or next(iter(texts.values()), "")
    if language.code == "fr":
        return _with_tied_marks(text)
    return f"{OPEN_MARK}{text}{CLOSE_MARK}" if language.pseudo and text else text


_LOOSE = re.compile(r" (?=[?!;:»])|(?<=«) ")


def _with_tied_marks(text: str) -> str:
    """A French text whose marks do not begin a line of their own, however it was typed."""
    return _LOOSE.sub("\N{NO-BREAK SPACE}", text)
