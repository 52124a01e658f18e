"""What is written for the letters, beside an act that sends several of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.deciding.letters.models import OutcomeLetter
from grants.deciding.letters.writing import drafts_of

FEEDBACK = _l("Feedback in the letter")


@dataclass(frozen=True, slots=True)
class Written:
    """The drafts of several applications, read once."""

    drafts: Mapping[int, OutcomeLetter]

    @classmethod
    def of(cls, opened: Session, applications: Sequence[Application]) -> "Written":
        return cls(drafts_of(opened, [application.id for application in applications]))

    def cell(self, application: Application) -> str:
        draft = self.drafts.get(application.id)
        return _("Written") if draft and draft.says_something else _("None")

    def basis(self, application: Application) -> int:
        """The version of the draft: a person who confirms has seen which one goes out."""
        draft = self.drafts.get(application.id)
        return draft.version if draft else 0
