"""The sections of a form that is being written: what is typed in each, and how far it has come."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from grants.platform.questionnaires.asking import left_out
from grants.platform.questionnaires.form import Section
from grants.platform.questionnaires.merging import bases_of
from grants.platform.questions.reading import Problem, Typed


class Progress(StrEnum):
    """How far a section has come."""

    NOT_STARTED = "not_started"
    PREFILLED = "prefilled"
    """What it says was copied, and something is still missing."""
    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Part:
    """A section as it is."""

    section: Section
    typed: Typed
    attested: Sequence[str]
    version: int
    problems: Sequence[Problem]
    """What the questions miss, and what the checks and the rules of the whole say."""
    hidden: frozenset[str]
    """Questions that are not asked, for the answers so far."""

    @property
    def is_shown(self) -> bool:
        """Is anything asked in this section?"""
        return any(question.key not in self.hidden for question in self.section.questions)

    @property
    def is_untouched(self) -> bool:
        return not self.typed

    @property
    def is_prefilled(self) -> bool:
        """Was every answer copied, and none given here?"""
        return False

    @property
    def progress(self) -> Progress:
        if self.is_untouched:
            return Progress.NOT_STARTED if self.problems else Progress.OPTIONAL
        if not self.problems:
            return Progress.COMPLETE
        return Progress.PREFILLED if self.is_prefilled else Progress.IN_PROGRESS

    @property
    def hidden_keys(self) -> str:
        """The questions and cells that are not asked, for the hidden input of the section's
        page.
        """
        return " ".join(left_out(self.section, self.hidden))

    @property
    def marks(self) -> dict[str, str]:
        """What tells a save from which page it comes, in hidden inputs."""
        return {
            "version": str(self.version),
            "sheet": secrets.token_hex(8),
            "turn": "0",
            "base": bases_of(self.section, self.typed),
            "hidden": self.hidden_keys,
        }


def sections_in_sight(parts: Iterable[Part], opened_section: Section) -> list[Section]:
    """The sections that are shown, and the one that a person has opened."""
    return [
        part.section for part in parts if part.is_shown or part.section.key == opened_section.key
    ]
