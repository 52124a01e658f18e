"""Keeping the answers of a section while they are written: whatever is typed, and no answer is
overwritten by another person's.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from grants.core.audit.act import Act
from grants.platform.questionnaires.form import Section
from grants.platform.questionnaires.merging import (
    EditConflict,
    Merged,
    Saved,
    Sheet,
    marked,
    merged,
)
from grants.platform.questions.reading import Typed


class SavedAnswers:
    """Columns of a section as its writer left it, whatever it is; each save keeps it."""

    typed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Input name → texts."""
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    sheet: Mapped[str] = mapped_column(String(32), default="")
    """The opened page on which the newest text was typed, and how often that page has sent it."""
    turn: Mapped[int] = mapped_column(default=0)
    written: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Question key → who wrote its answer, when, and on which opened page."""

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy's way
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]


def merge_answers(
    row: SavedAnswers, section: Section, typed: Typed, version: int, sheet: Sheet
) -> Merged | None:
    """What to keep of answers that began from `version`; None where the page has sent something
    newer already. EditConflict if two people changed the same question.
    """
    if sheet.mark and row.sheet == sheet.mark and sheet.turn < row.turn:
        return None
    saved = Saved(row.typed, row.version, row.sheet, row.turn, row.written, row.saved_by_id)
    result = merged(section, section.kept(typed), saved, version, sheet)
    if result.clashes:
        raise EditConflict(saved, result)
    return result


def write_answers(row: SavedAnswers, result: Merged, sheet: Sheet, act: Act) -> None:
    """Keep what was merged, with who wrote what, when and on which page."""
    row.typed, row.saved_at, row.saved_by_id = result.kept, act.at, act.actor.person_id
    row.sheet, row.turn = sheet.mark, sheet.turn
    who = {"by": act.actor.person_id, "at": act.at.isoformat()}
    row.written = marked(row.written, result.changed, sheet, **who)
