"""A change of a fund's setting: what it was, what it is to be, why."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.books.settings.workflow import ChangeState, Setting
from grants.core.database.db import Base, Key, Versioned, choice
from grants.core.funds.models import Fund
from grants.core.people.owned import OfFund


class SettingChange(OfFund, Versioned, Base):
    """One change, from proposal to decision. What was proposed never changes."""

    __tablename__ = "setting_change"
    __bound__ = ("id", "fund_id", "setting", "before", "after", "reason", "state", "proposed_at")
    __table_args__ = (
        CheckConstraint("before <> after", name="changes_something"),
        CheckConstraint("length(reason) > 0", name="reason"),
        Index("ix_setting_change_newest", "fund_id", "id"),
        Index(
            "uq_setting_change_waiting",
            "fund_id",
            "setting",
            unique=True,
            postgresql_where=text("state = 'proposed'"),
        ),
    )

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey(Fund.id))
    setting: Mapped[Setting] = mapped_column(choice(Setting))
    before: Mapped[str] = mapped_column(String(254))
    """USD with two decimals, percent, a time zone, codes of languages with commas, an e-mail
    address, or the officers for an award as "1;50000.00=2"."""
    after: Mapped[str] = mapped_column(String(254))
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[ChangeState] = mapped_column(choice(ChangeState, "settingchangestate"))
    proposed_at: Mapped[datetime]
    fund: Mapped[Fund] = relationship()
