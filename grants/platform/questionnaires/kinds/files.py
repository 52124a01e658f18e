"""Files."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from grants.core.kernel.language import gettext as _
from grants.platform.documents.checks import ENDINGS
from grants.platform.questionnaires.kinds.base import Question
from grants.platform.questionnaires.reading import Reading, Typed


@dataclass(frozen=True, kw_only=True)
class Files(Question):
    """Up to `most` files of the kinds in `accept` (endings)."""

    kind: ClassVar[str] = "files"
    accept: tuple[str, ...] = ENDINGS
    most: int = 1
    names_applicant: bool = True
    """A file does, by its letterhead, its signatures or its properties, unless a call says not."""

    def owns(self, name: str) -> bool:  # noqa: ARG002 - files are not typed
        return False

    def read(self, typed: Typed) -> Reading:  # noqa: ARG002 - files are not typed
        return Reading()

    def missing_text(self) -> str:
        return _("Choose a file for “%(label)s”.", label=self.title)

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        if not self.accept or set(self.accept) - set(ENDINGS):
            yield _("accept only %(kinds)s", kinds=", ".join(ENDINGS))
        if not 0 < self.most <= 20:
            yield _("allow 1 to %(most)s files", most=20)
