"""Texts in a language that the page is not in: marked as such, with the choice of another."""

from collections.abc import Callable, Mapping
from typing import Protocol

from flask import request
from flask import session as cookie
from markupsafe import Markup

from grants.core.kernel.language import (
    Language,
    current_language,
    in_language,
    speaking,
    written_language,
)
from grants.core.kernel.reading import language_read, reading
from grants.platform.layout.chrome import LanguageChoice, here_in


class InLanguages(Protocol):
    """A record whose texts are there in several languages."""

    @property
    def text_languages(self) -> list[str]: ...


def reading_choices(record: InLanguages) -> list[LanguageChoice]:
    """Each language of the record's texts, as a link to the same page; none if it is the only
    one, or the page cannot be asked for once more.
    """
    codes = record.text_languages
    chosen = language_read(codes).code
    if {chosen, *codes} == {chosen} or request.method != "GET":
        return []
    return [
        LanguageChoice(
            code, language.name, language.direction, here_in(code, "read"), chosen == code
        )
        for code in codes
        for language in (written_language(code),)
    ]


def text_language(record: InLanguages) -> Language | None:
    """The language in which the record's texts are read; None where the page is in it too."""
    language = language_read(record.text_languages)
    return None if language.code == current_language().code else language


def in_words_of(record: InLanguages, caller: Callable[[], Markup]) -> Markup:
    """A part of a page, the block of a {% call %}, in the language in which the record is read."""
    page = current_language()
    with reading(record.text_languages) as language:
        inner = caller()
    if language == page:
        return inner
    turned = Markup(' class="turned"') if language.direction != page.direction else ""
    return Markup("<div{}{}>{}</div>").format(turned, _language_marks(language), inner)


def text_of(record: InLanguages, texts: Mapping[str, str]) -> Markup | str:
    """One text of the record within a line of the page."""
    return _span_within(texts, language_read(record.text_languages))


def words_of(texts: Mapping[str, str]) -> Markup | str:
    """A text that stands by itself within a line, such as the title of a record in a list."""
    return _span_within(texts, language_read(texts))


def missing_in(*texts: Mapping[str, str]) -> Language | None:
    """In which language the first of these texts is shown that is not there in that of the page."""
    shown = (language_read(text) for text in texts)
    return next((language for language in shown if language != current_language()), None)


def _span_within(texts: Mapping[str, str], language: Language) -> Markup | str:
    page = current_language()
    if language == page or not texts.get(language.code):
        return in_language(texts)
    with speaking(language):
        text = in_language(texts)
    return Markup("<span{}>{}</span>").format(_language_marks(language), text)


def _language_marks(language: Language) -> Markup:
    return Markup(' lang="{}" dir="{}"').format(language.code, language.direction)


def translations_shown() -> str:
    """Whether translations stand beside answers ("beside") or not ("none"), as the reader chose on
    a page of them with `?translations=none`; the choice is kept in the cookie.
    """
    choice = request.args.get("translations")
    if choice in ("beside", "none"):
        cookie["translations"] = choice
    return str(cookie.get("translations", "beside"))
