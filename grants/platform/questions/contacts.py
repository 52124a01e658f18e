"""How a person or an organisation is reached, and where its money is paid: typed lines of text."""

import unicodedata
from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.lengths import within
from grants.platform.forms import typed as typing_rules
from grants.platform.questions.base import Question
from grants.platform.questions.reading import Typed, Wording, first_of
from grants.platform.questions.shape import Kind, Shape
from grants.platform.questions.values import Cells, text_in

LONGEST_LINE = 254
LONGEST_WEB_ADDRESS = 500


@dataclass(frozen=True, kw_only=True)
class TypedLine(Question):
    """One line of a certain form. The organisation's own people are wanted here, so no line of this
    kind is asked about whether it names a victim.
    """

    family: ClassVar[str] = "words"
    longest: ClassVar[int] = LONGEST_LINE
    names_applicant: bool = True
    """Contacts tell who applies, unless a call says not."""

    def value_of(self, typed: Typed) -> str:
        text = unicodedata.normalize("NFC", first_of(typed, self.name))
        return self.line_of(within(text, self.longest))

    @abstractmethod
    def line_of(self, text: str) -> str:
        """The line as it is kept; InvalidInput says how to write it."""

    def wording(self, value: Any) -> Wording:
        return Wording(text=value)

    def as_typed(self, value: Any) -> Cells:
        yield self.name, [text_in(value)]

    def shape(self) -> Shape:
        return Shape(Kind.TEXT, key=self.key)

    def blank_rule(self) -> str:
        return self.rule()

    def written_texts(self, value: Any) -> Iterator[tuple[Question, str]]:
        if isinstance(value, str):
            yield self, value


@dataclass(frozen=True, kw_only=True)
class Email(TypedLine):
    """An e-mail address."""

    kind: ClassVar[str] = "email"
    kind_name: ClassVar[str] = _l("An e-mail address")

    def line_of(self, text: str) -> str:
        return typing_rules.email_address(text)

    def rule(self) -> str:
        return _("An e-mail address")


@dataclass(frozen=True, kw_only=True)
class Telephone(TypedLine):
    """A telephone number that begins with the code of its country."""

    kind: ClassVar[str] = "telephone"
    kind_name: ClassVar[str] = _l("A telephone number")
    longest: ClassVar[int] = 40

    def line_of(self, text: str) -> str:
        return typing_rules.telephone_abroad(text)

    def rule(self) -> str:
        return _("A telephone number with the code of its country, such as +43 1 26060 0")


@dataclass(frozen=True, kw_only=True)
class WebAddress(TypedLine):
    """The address of a web site; https:// may be left out."""

    kind: ClassVar[str] = "web_address"
    kind_name: ClassVar[str] = _l("A web address")
    longest: ClassVar[int] = LONGEST_WEB_ADDRESS

    def line_of(self, text: str) -> str:
        return typing_rules.web_address(text)

    def rule(self) -> str:
        return _("A web address, such as www.example.org")


@dataclass(frozen=True, kw_only=True)
class Iban(TypedLine):
    """An international bank account number, with the right check digits."""

    kind: ClassVar[str] = "iban"
    kind_name: ClassVar[str] = _l("A bank account number (IBAN)")
    longest: ClassVar[int] = 60

    def line_of(self, text: str) -> str:
        try:
            return str(IBAN(typing_rules.latin_digits(text)))
        except SchwiftyException:
            raise InvalidInput(
                _(
                    "This is not a valid IBAN. Check each character; an IBAN begins with two "
                    "letters."
                )
            ) from None

    def wording(self, value: Any) -> Wording:
        """In groups of four, as banks print it."""
        return Wording(text=" ".join(value[at : at + 4] for at in range(0, len(value), 4)))

    def rule(self) -> str:
        return _("An IBAN: two letters, two check digits and the account")
