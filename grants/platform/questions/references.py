"""A letter that another person writes about the applicant, on a link and without an account."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import ngettext
from grants.platform.questions.files import Counted

MOST_DAYS_AFTER = 60


@dataclass(frozen=True, kw_only=True)
class ReferenceLetter(Counted):
    """A letter of reference. The applicant names who writes it, and asks for it by e-mail."""

    kind: ClassVar[str] = "reference_letter"
    kind_name: ClassVar[str] = _l("A letter of reference, written by another person")
    confidential: bool = True
    """The applicant does not read it."""
    days_after: int = 0
    """So many days after the deadline it may still come; 0: before the application is submitted."""

    def rule(self) -> str:
        if self.days_after:
            return ngettext(
                "A letter that another person sends us, up to %(num)s day after the deadline",
                "A letter that another person sends us, up to %(num)s days after the deadline",
                self.days_after,
            )
        return _("A letter that another person sends us before you submit")

    def blank_rule(self) -> str:
        return _("Name and e-mail address of the person who writes it:")

    def missing_text(self) -> str:
        if self.days_after:
            return _("Ask for the letter for “%(label)s”.", label=self.title)
        return _("The letter for “%(label)s” has not been received yet.", label=self.title)

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        if not 0 <= self.days_after <= MOST_DAYS_AFTER:
            yield _("allow letters up to %(most)s days after the deadline", most=MOST_DAYS_AFTER)
