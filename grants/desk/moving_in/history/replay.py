"""A history replayed in order of date; every refusal is told at its own row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.periods import PeriodClosed
from grants.books.ledger.queries import NotEnough
from grants.books.ledger.rates import NoRate, add_rates, refused_rates
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, FundError
from grants.deciding.awards.models import Award
from grants.desk.moving_in.history import incoming, outgoing
from grants.desk.moving_in.history.acts import Context, Perform, by_import
from grants.desk.moving_in.history.memory import Memory, Refused
from grants.desk.moving_in.history.outgoing import require_on_record
from grants.desk.moving_in.history.plan import KEY_COLUMN, Deed, deeds
from grants.desk.moving_in.history.references import check_references

PERFORM: dict[tuple[str, str], Perform] = {
    ("donors.csv", "code"): incoming.donor,
    ("organisations.csv", "code"): incoming.organisation,
    ("pledges.csv", "pledged_on"): incoming.pledge,
    ("pledges.csv", "agreement_signed_on"): incoming.agreement,
    ("deposits.csv", "value_on"): incoming.deposit,
    ("grants.csv", "agreement_signed_on"): outgoing.grant,
    ("payments.csv", "paid_on"): outgoing.payment,
    ("grant_refunds.csv", "refunded_on"): outgoing.grant_refund,
    ("other.csv", "booked_on"): incoming.other,
}
"""What is done with a row, by its file and the column of its day."""

Told = Callable[[int, int], None]
"""Hears how many deeds are done, and of how many."""


@dataclass
class Replay(Context):
    """One import under way."""

    told: Told = lambda _done, _all: None
    done: int = 0
    steps: int = 0
    unfunded: set[str] = field(default_factory=set)
    """Grants that were refused for want of money: their payments are judged by themselves."""

    def run(self, session: Session) -> None:
        """Everything, in order of date; UnreadableTable with every refusal."""
        self.memory = Memory.of(session, self.fund)
        self._rates(session)
        undated = [
            [Deed.undated(file, "code", row) for row in self.files.sound(file)]
            for file in ("donors.csv", "organisations.csv")
        ]
        self.steps = sum(map(len, undated)) + len(deeds(self.files))
        for of_file in undated:
            self._together(session, of_file)
        check_references(session, self.files)
        self._schedules(session)
        self._dated(session)
        self.files.require()
        self.memory.write(session)

    def _dated(self, session: Session) -> None:
        for on, of_day in groupby(deeds(self.files), key=lambda deed: deed.on):
            with clock.at(datetime.combine(on, time(12), clock.VIENNA)):
                self._together(session, list(of_day))

    def _rates(self, session: Session) -> None:
        rows = self.files.sound("rates.csv")
        for number, refusal in refused_rates(session, [row.value for row in rows]).items():
            self.files.refuse("rates.csv", rows[number], "rate", refusal)
        rates = [row.value for row in self.files.sound("rates.csv")]
        self.new["rates.csv"] = add_rates(session, rates, by_import())

    def _together(self, session: Session, of_day: Sequence[Deed]) -> None:
        """The deeds of one day: their order within it is nowhere written down, so what is refused
        is tried again after the others.
        """
        waiting: list[Deed] = list(of_day)
        while waiting:
            refused = []
            for deed in waiting:
                if why := self._attempt(session, deed):
                    refused.append((deed, why))
                else:
                    self._tell()
            if len(refused) == len(waiting):
                self._refuse_all(session, refused)
                break
            waiting = [deed for deed, _why in refused]

    def _tell(self) -> None:
        self.done += 1
        self.told(self.done, self.steps)

    def _attempt(self, session: Session, deed: Deed) -> FundError | None:
        """Do it; the fund's refusal, if there is one, with nothing of it done."""
        if self.files.doubts.about(deed.file, deed.row.cell):
            return self._doubted(session, deed)
        try:
            if self.memory.knows(deed.file, deed.row.value):
                return None
            with session.begin_nested():
                if PERFORM[deed.file, deed.day](self, session, deed.row.value):
                    self.count(deed.file)
            self.memory.keep(deed.file, deed.row.value)
        except FundError as refusal:
            return refusal
        return None

    def _doubted(self, session: Session, deed: Deed) -> FundError | None:
        """What hangs on a refused row is not judged; but a payment beyond the cash is one, whether
        its grant had the money or not.
        """
        doubts = self.files.doubts
        doubts.without(deed.file, deed.row.cell)
        if deed.file == "payments.csv" and deed.row.value.grant in self.unfunded:
            return outgoing.beyond_cash(self, session, deed.row.value)
        return None

    def _refuse_all(self, session: Session, refused: Sequence[tuple[Deed, FundError]]) -> None:
        for deed, refusal in refused:
            doubted = self.files.doubts.about(deed.file, deed.row.cell)
            why = self._doubted(session, deed) if doubted else refusal
            if why is not None:
                self._refuse(deed, why)

    def _refuse(self, deed: Deed, refusal: FundError) -> None:
        if self._follows(deed, refusal):
            self.files.doubts.without(deed.file, deed.row.cell)
            return
        if isinstance(refusal, NotEnough) and deed.file == "grants.csv":
            self.unfunded.add(deed.row.value.reference)
        self.files.refuse(deed.file, deed.row, _place(deed, refusal), refusal.message)

    def _follows(self, deed: Deed, refusal: FundError) -> bool:
        """May it be refused only because another row was?"""
        doubts = self.files.doubts
        if isinstance(refusal, NotEnough):
            return doubts.short
        return isinstance(refusal, NoRate) and doubts.of_rate(deed.row.value.currency)

    def _schedules(self, session: Session) -> None:
        """Instalments of a grant that is not taken over now: they have to be those on record."""
        name = "instalments.csv"
        standing = set(session.scalars(select(Award.reference)))
        for row in self.files.sound(name):
            if self.files.doubts.about(name, row.cell):
                continue
            try:
                if not self.memory.knows(name, row.value) and row.value.grant in standing:
                    require_on_record(session, row.value)
                self.memory.keep(name, row.value)
            except FundError as refusal:
                place = getattr(refusal, "column", "number")
                self.files.refuse(name, row, place, refusal.message)


def _place(deed: Deed, refusal: FundError) -> str:
    """The cell to look at."""
    if isinstance(refusal, Refused):
        return refusal.column
    if isinstance(refusal, NoRate):
        return "currency"
    if isinstance(refusal, PeriodClosed):
        return deed.day
    return KEY_COLUMN[deed.file] if isinstance(refusal, Conflict) else deed.column
