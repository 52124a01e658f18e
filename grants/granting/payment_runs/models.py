"""Payment runs, the instalments in them, their files, and the columns of a fund's files."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key, Minor, Versioned, choice
from grants.core.funds.models import BankAccount, Fund
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, total, usd
from grants.core.people.owned import OfFund
from grants.granting.bank_details.models import BankDetails
from grants.granting.payment_runs.workflow import RunState
from grants.granting.payments.models import Instalment
from grants.granting.payments.transfers import TRANSFER_COLUMNS, WithTransfer, transfer_is_whole


class PaymentRun(OfFund, Versioned, Base):
    """Instalments that one account of the fund pays on one day, or that are paid elsewhere: by a
    treasury or another system.
    """

    __tablename__ = "payment_run"
    __bound__ = ("id", "fund_id", "reference", "bank_account_id", "pays_on", "state", "begun_at")

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey(Fund.id), index=True)
    reference: Mapped[str] = mapped_column(String(24), unique=True)
    bank_account_id: Mapped[int | None] = mapped_column(ForeignKey(BankAccount.id))
    """None: paid elsewhere."""
    pays_on: Mapped[date]
    state: Mapped[RunState] = mapped_column(choice(RunState))
    begun_at: Mapped[datetime]
    fund: Mapped[Fund] = relationship()
    account: Mapped[BankAccount | None] = relationship()
    parts: Mapped[list["RunPart"]] = relationship(
        back_populates="run", order_by="RunPart.id", cascade="all, delete-orphan"
    )
    files: Mapped[list["RunFile"]] = relationship(back_populates="run", order_by="RunFile.id")

    @hybrid_property
    def is_sent(self) -> bool:
        return self.state == RunState.SENT

    @property
    def currency(self) -> str:
        """The currency that its account is kept in."""
        return self.account.currency if self.account else FUNCTIONAL_CURRENCY

    @property
    def total(self) -> Money:
        return total((part.dollars for part in self.parts), "USD")


class RunPart(WithTransfer, Base):
    """An instalment in a run: to which account it goes, under which reference of ours, and as what
    it was ordered where that is not its dollars.
    """

    __tablename__ = "run_part"
    __bound__ = (
        "id",
        "run_id",
        "instalment_id",
        "end_to_end",
        "bank_details_id",
        *TRANSFER_COLUMNS,
        "set_off_minor",
    )
    __table_args__ = (UniqueConstraint("run_id", "instalment_id"), transfer_is_whole())

    id: Mapped[Key]
    run_id: Mapped[int] = mapped_column(ForeignKey(PaymentRun.id))
    instalment_id: Mapped[int] = mapped_column(ForeignKey(Instalment.id), index=True)
    end_to_end: Mapped[str] = mapped_column(String(35), unique=True)
    """What banks hand on unchanged, and bring back on statements and with returned money."""
    bank_details_id: Mapped[int | None] = mapped_column(ForeignKey(BankDetails.id))
    """The account as it was when the file was made."""
    set_off_minor: Mapped[Minor] = mapped_column(default=0, server_default="0")
    """USD cents that were deducted from it then."""
    run: Mapped[PaymentRun] = relationship(back_populates="parts")
    instalment: Mapped[Instalment] = relationship()
    payee: Mapped[BankDetails | None] = relationship()

    @property
    def dollars(self) -> Money:
        """What of the award it pays: as it was ordered, and as it stands until then."""
        if self.run.state is RunState.OPEN:
            return self.instalment.net
        return usd(self.instalment.amount_minor - self.set_off_minor)


class RunFile(Base):
    """A file that was made of a run: what it needs besides, to be made again word for word.

    Numbers of grantees' accounts are not in it: they stay where they are encrypted. Append-only.
    """

    __tablename__ = "run_file"
    __bound__ = ("id", "run_id", "kind", "columns", "payer", "sha256", "made_at")
    __table_args__ = (CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="digest"),)

    id: Mapped[Key]
    run_id: Mapped[int] = mapped_column(ForeignKey(PaymentRun.id), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    columns: Mapped[list[dict[str, str]]]
    payer: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    """Of its content; of a workbook, of the same rows as CSV."""
    made_at: Mapped[datetime]
    run: Mapped[PaymentRun] = relationship(back_populates="files")


class FileLayout(OfFund, Versioned, Base):
    """The columns of a fund's files for other systems, in order: heading and fact."""

    __tablename__ = "file_layout"
    __bound__ = ("fund_id", "columns")

    fund_id: Mapped[int] = mapped_column(ForeignKey(Fund.id), primary_key=True)
    columns: Mapped[list[dict[str, str]]]
    fund: Mapped[Fund] = relationship()

    @property
    def id(self) -> int:
        return self.fund_id
