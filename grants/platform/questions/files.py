"""Files."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import ngettext
from grants.core.texts.marks import sentence, spaced
from grants.platform.file_checks.checks import ENDINGS
from grants.platform.questions.base import OF_ANSWERS, Untyped
from grants.platform.questions.reading import Reading, Typed, Wording
from grants.platform.questions.shape import Kind, Shape


@dataclass(frozen=True, kw_only=True)
class Counted(Untyped):
    """Answered by what comes beside the form: files, or a letter. Nothing is typed; how many came
    is counted.
    """

    names_applicant: bool = True
    """What comes does, by its letterhead, its signatures or its words, unless a call says not."""

    def wording(self, value: Any) -> Wording:  # noqa: ARG002 - shown by what came
        return Wording()

    @property
    def most_counted(self) -> int:
        """How many may come."""
        return 1

    def shape(self) -> Shape:
        return Shape(Kind.FILES, key=self.key, most=self.most_counted)

    def figures(self) -> list[tuple[str, str]]:
        return [(f"count({self.key})", "number")]


@dataclass(frozen=True, kw_only=True)
class Files(Counted):
    """Up to `most` files of the kinds in `accept` (endings)."""

    kind: ClassVar[str] = "files"
    kind_name: ClassVar[str] = _l("Files")
    accept: tuple[str, ...] = ENDINGS
    most: int = 1

    @property
    def most_counted(self) -> int:
        """How many files may be attached."""
        return self.most

    def rule(self) -> str:
        return ngettext(
            "A file (%(kinds)s), up to 10 MB",
            "Up to %(num)s files (%(kinds)s), each up to 10 MB",
            self.most,
            kinds=spaced(",").join(ending.lstrip(".").upper() for ending in self.accept),
        )

    def blank_rule(self) -> str:
        number = ngettext("%(num)s file", "Up to %(num)s files", self.most)
        return f"{number}{spaced(':')}{sentence(spaced(',').join(self.accept))}"

    def wording(self, value: Any) -> Wording:
        """In a row of a table, the names of its files."""
        return Wording(items=tuple(value or ()))

    def missing_text(self) -> str:
        return _("Choose a file for “%(label)s”.", label=self.title)

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        if not self.accept or set(self.accept) - set(ENDINGS):
            yield _("accept only %(kinds)s", kinds=spaced(",").join(ENDINGS))
        if not 0 < self.most <= 20:
            yield _("allow 1 to %(most)s files", most=20)


@dataclass(frozen=True, kw_only=True)
class FilesOfRow(Files):
    """The cell of a table in which files of one row are attached. Its value is their names."""

    names: tuple[str, ...] = field(default=(), metadata=OF_ANSWERS)

    def is_blank(self, typed: Typed) -> bool:  # noqa: ARG002 - nothing is typed
        return not self.names

    def read(self, typed: Typed) -> Reading:
        if self.is_blank(typed):
            return Reading(None, (self.missing(),) if self.required else ())
        return Reading(list(self.names))
