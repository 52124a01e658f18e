"""Answers in words: a line, a text, an address, a password."""

import re
import unicodedata
from typing import Any

from grants.core.kernel.lengths import within
from grants.platform.forms import typed, widgets
from grants.platform.forms.fields.question import Question


class TextField(Question):
    """One line."""

    EMPTY = ""
    input_type = "text"
    inputmode = ""
    spellcheck: bool | None = None

    def __init__(self, label: str = "", *, limit: int = 300, **options: Any) -> None:
        super().__init__(label, **options)
        self.limit = limit

    def read(self, text: str) -> str:
        return unicodedata.normalize("NFC", text)

    def check(self) -> None:
        within(self.data, self.limit)


class LongTextField(TextField):
    """Several lines, with a count of the characters that remain, or of the words if they are
    limited.

    Characters are Unicode code points in NFC, a line's end is one: the browser counts the same.
    `counted`: not so where the limit is far away, and many such fields would say the same.
    """

    widget = staticmethod(widgets.long_text)

    def __init__(
        self,
        label: str = "",
        *,
        limit: int = 2000,
        most_words: int = 0,
        rows: int = 6,
        counted: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(label, limit=limit, **options)
        self.rows, self.most_words, self.counted = rows, most_words, counted

    def check(self) -> None:
        within(self.data, self.limit, self.most_words)

    def read(self, text: str) -> str:
        return unicodedata.normalize("NFC", re.sub(r"\r\n?", "\n", text))


class EmailField(TextField):
    """An e-mail address, its domain in lower case."""

    input_type = "email"
    spellcheck = False

    def __init__(self, label: str = "", **options: Any) -> None:
        super().__init__(label, **{"limit": 254, "autocomplete": "email", **options})

    def read(self, text: str) -> str:
        return typed.email_address(text)


class PhoneField(TextField):
    """A telephone number, kept as typed but for its digits."""

    input_type = "tel"

    def __init__(self, label: str = "", **options: Any) -> None:
        super().__init__(label, **{"limit": 40, "autocomplete": "tel", "width": 20, **options})

    def read(self, text: str) -> str:
        return typed.telephone(text)


class PhoneAbroadField(PhoneField):
    """A telephone number that begins with the code of a country, with a menu of the codes."""

    widget = staticmethod(widgets.telephone_abroad)


class WebField(TextField):
    """The address of a web site; https:// may be left out."""

    input_type = "url"
    spellcheck = False

    def read(self, text: str) -> str:
        return typed.web_address(text)


class PasswordField(TextField):
    """A password: never shown again, taken exactly as typed."""

    widget = staticmethod(widgets.password)

    def __init__(self, label: str = "", **options: Any) -> None:
        super().__init__(label, **{"autocomplete": "current-password", **options})

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = str(valuelist[0]) if valuelist else ""

    def inputs(self) -> set[str]:
        """No draft keeps a password."""
        return set()


class HiddenField(TextField):
    """A value the page passes on: a version, a step."""

    widget = staticmethod(widgets.hidden)

    def inputs(self) -> set[str]:
        """The page writes it, not the person: it is no part of a draft."""
        return set()
