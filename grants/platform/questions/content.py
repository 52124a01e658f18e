"""What stands between questions, and the declaration that an applicant makes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.forms import typed as typing_rules
from grants.platform.questions.base import Rewording, Untyped
from grants.platform.questions.choices import YesNo
from grants.platform.questions.reading import Texts, Typed, Wording, first_of
from grants.platform.questions.shape import Kind, Shape
from grants.platform.questions.values import Cells

PICTURES = (".jpg", ".jpeg", ".png")


@dataclass(frozen=True, kw_only=True)
class Content(Untyped):
    """A heading with paragraphs (`help`), a link, and a picture or a file to download. `file` is
    the SHA-256 of an upload.
    """

    kind: ClassVar[str] = "content"
    kind_name: ClassVar[str] = _l("Text, link, picture or file to download: asks nothing")
    asks: ClassVar[bool] = False
    address: str = ""
    link: Texts = field(default_factory=dict)
    """The words of the link."""
    file: str = ""
    file_name: str = ""
    alternative: Texts = field(default_factory=dict)
    """What a picture shows, for those who do not see it."""

    @property
    def is_picture(self) -> bool:
        return self.file_name.lower().endswith(PICTURES)

    @property
    def named_link(self) -> str:
        """The link in words with its address, for paper; empty: there is none."""
        if not self.address:
            return ""
        return _("%(words)s: %(address)s", words=in_language(self.link), address=self.address)

    def rule(self) -> str:
        return " · ".join(filter(None, (_("Asks nothing"), self.named_link, self.file_name)))

    def wording(self, value: Any) -> Wording:  # noqa: ARG002 - there is no answer
        return Wording()

    def as_typed(self, value: Any) -> Cells:  # noqa: ARG002 - nothing is typed
        return iter(())

    def shape(self) -> Shape:
        return Shape(Kind.UNKNOWN)

    def blank_rule(self) -> str:
        return " ".join(filter(None, (self.named_link, self.file_name)))

    def reworded(self, change: Rewording) -> Self:
        content = super().reworded(change)
        return replace(
            content,
            link=change(self.placed(_("text of the link"), self.link)),
            alternative=change(self.placed(_("what the picture shows"), self.alternative)),
        )

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        if not (self.help or self.address or self.file):
            yield _("give it a text, a link or a file")
        if self.address:
            try:
                typing_rules.web_address(self.address)
            except InvalidInput:
                yield _("the address of the link is not a web address")
            if not self.link.get("en", "").strip():
                yield _("give the link a text in English")
        if self.file and not (re.fullmatch(r"[0-9a-f]{64}", self.file) and self.file_name):
            yield _("upload the file again")
        if self.file and self.is_picture and not self.alternative.get("en", "").strip():
            yield _("say in English what the picture shows, for people who cannot see it")


@dataclass(frozen=True, kw_only=True)
class Declaration(YesNo):
    """What an applicant declares (`help`), by ticking a box."""

    kind: ClassVar[str] = "declaration"
    kind_name: ClassVar[str] = _l("A declaration, confirmed by ticking a box")
    required: bool = True

    def value_of(self, typed: Typed) -> bool:
        if first_of(typed, self.name) != "yes":
            raise InvalidInput(self.missing_text())
        return True

    def missing_text(self) -> str:
        return _("Tick the box below “%(label)s”.", label=self.title)

    def rule(self) -> str:
        return _("A box to tick")

    def wording(self, value: Any) -> Wording:
        """The words that were declared stand with the answer on every paper."""
        stated = _("Confirmed") if value else _("No")
        return Wording(text="\n".join(filter(None, (in_language(self.help), stated))))

    def as_typed(self, value: Any) -> Cells:
        if value is not False:
            yield from super().as_typed(value)

    def statements(self) -> list[str]:
        return []

    def blank_rule(self) -> str:
        return ""
