"""A history replayed in order of date; every refusal is reported at its own row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from grants.books.ledger.periods import PeriodClosed
from grants.books.ledger.queries import NotEnough
from grants.books.ledger.rates import NoRate, add_rates, refused_rates
from grants.core.kernel.errors import Conflict, FundError
from grants.core.texts.tabular import Row
from grants.deciding.awards.models import Award
from grants.desk.moving_in.history import incoming, outgoing
from grants.desk.moving_in.history.acts import Context, Perform, by_import
from grants.desk.moving_in.history.alone import Alone
from grants.desk.moving_in.history.files import FILES
from grants.desk.moving_in.history.memory import Memory, Refused
from grants.desk.moving_in.history.outgoing import require_on_record
from grants.desk.moving_in.history.plan import KEY_COLUMN
from grants.desk.moving_in.history.planned import PlannedAct, noon, planned_acts
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

ANALYSE = text("SELECT analyse_imported()")
"""The database takes no note of rows that are not committed: it would go on reading the tables of
an import whole, as is right while they are empty.
"""
FIRST_LOOK = 500
"""Acts after which it looks at them; then whenever they have doubled."""

Progress = Callable[[int, int], None]
"""Called with how many planned acts are done, and of how many."""


@dataclass
class Replay(Context):
    """One import under way."""

    report: Progress = lambda _done, _all: None
    done: int = 0
    steps: int = 0
    doubtful: set[tuple[str, int]] = field(default_factory=set)
    """File and line of rows that hang on others which are not taken over."""
    analysed: int = FIRST_LOOK // 2
    """How many acts were done when the database last looked at its tables."""
    unfunded: set[str] = field(default_factory=set)
    """Grants that were refused for want of money: their payments are judged by themselves."""

    def run(self, session: Session) -> None:
        """Everything, in order of date; UnreadableTable with every refusal."""
        self.memory = Memory.of(session, self.fund)
        self.deposits = incoming.references(session, self.fund)
        self._take_rates(session)
        undated = [
            [PlannedAct.undated(file, "code", row) for row in self.files.sound(file)]
            for file in ("donors.csv", "organisations.csv")
        ]
        self.steps = sum(map(len, undated)) + len(planned_acts(self.files))
        for of_file in undated:
            self._replay_day(session, of_file)
        check_references(session, self.files)
        self._compare_schedules(session)
        self._in_order_of_date(session, planned_acts(self.files))
        self._check_alone(session)
        self.files.require()
        self.memory.write(session)

    def _in_order_of_date(self, session: Session, acts: Sequence[PlannedAct]) -> None:
        for on, of_day in groupby(acts, key=lambda planned: planned.on):
            with noon(on):
                self._replay_day(session, list(of_day))
            if self.done >= 2 * self.analysed:
                session.execute(ANALYSE)
                self.analysed = self.done

    def _check_alone(self, session: Session) -> None:
        """What speaks against rows that were not tried, or against other cells of refused ones."""
        alone, noted = Alone(session, self.fund, self.files), self.files.noted()
        for file in FILES:
            untried = self.files.refused | self.doubtful
            lines = {line for name, line in untried if name == file}
            for row in self.files.untried(file, lines):
                if isinstance(row, Row) and self.memory.has(file, row.value):
                    continue
                for column, why in alone.faults(file, row):
                    if (file, row.line, column) not in noted:
                        self.files.refuse(file, row, column, why)

    def _take_rates(self, session: Session) -> None:
        rows = list(self.files.sound("rates.csv"))
        for number, refusal in refused_rates(session, [row.value for row in rows]).items():
            self.files.refuse("rates.csv", rows[number], "rate", refusal)
        rates = [row.value for row in self.files.sound("rates.csv")]
        self.new["rates.csv"] = add_rates(session, rates, by_import())

    def _replay_day(self, session: Session, of_day: Sequence[PlannedAct]) -> None:
        """The planned acts of one day. Their order is not recorded, so what is refused
        is tried again after the others.
        """
        waiting: list[PlannedAct] = list(of_day)
        while waiting:
            refused = []
            for planned in waiting:
                if why := self._attempt_act(session, planned):
                    refused.append((planned, why))
                else:
                    self.tell()
            if len(refused) == len(waiting):
                self._refuse_all(session, refused)
                break
            waiting = [planned for planned, _why in refused]

    def tell(self) -> None:
        self.done += 1
        self.report(self.done, self.steps)

    def _attempt_act(self, session: Session, planned: PlannedAct) -> FundError | None:
        """Do it; the fund's refusal, if there is one, with nothing of it done."""
        if self.files.doubts.about(planned.file, planned.row.cell):
            return self._leave_in_doubt(session, planned)
        try:
            if self.memory.knows(planned.file, planned.row.value):
                return None
            with session.begin_nested():
                if self.perform(session, planned):
                    self.count(planned.file)
            self.memory.keep(planned.file, planned.row.value)
        except FundError as refusal:
            return refusal
        return None

    def perform(self, session: Session, planned: PlannedAct) -> bool:
        """Do it; false if its content is in the books already."""
        return PERFORM[planned.file, planned.day](self, session, planned.row.value)

    def _leave_in_doubt(self, session: Session, planned: PlannedAct) -> FundError | None:
        """What hangs on a refused row is not judged; but a payment beyond the cash is one, whether
        its grant had the money or not.
        """
        doubts = self.files.doubts
        self.doubtful.add((planned.file, planned.row.line))
        doubts.without(planned.file, planned.row.cell)
        if planned.file == "payments.csv" and planned.row.value.grant in self.unfunded:
            return outgoing.beyond_cash(self, session, planned.row.value)
        return None

    def _refuse_all(
        self, session: Session, refused: Sequence[tuple[PlannedAct, FundError]]
    ) -> None:
        for planned, refusal in refused:
            doubted = self.files.doubts.about(planned.file, planned.row.cell)
            why = self._leave_in_doubt(session, planned) if doubted else refusal
            if why is not None:
                self._refuse_act(planned, why)

    def _refuse_act(self, planned: PlannedAct, refusal: FundError) -> None:
        if self._follows_refusal(planned, refusal):
            self.doubtful.add((planned.file, planned.row.line))
            self.files.doubts.without(planned.file, planned.row.cell)
            return
        if isinstance(refusal, NotEnough) and planned.file == "grants.csv":
            self.unfunded.add(planned.row.value.reference)
        self.files.refuse(
            planned.file, planned.row, _cell_to_look_at(planned, refusal), refusal.message
        )

    def _follows_refusal(self, planned: PlannedAct, refusal: FundError) -> bool:
        """May it be refused only because another row was?"""
        doubts = self.files.doubts
        if isinstance(refusal, NotEnough):
            return doubts.short
        return isinstance(refusal, NoRate) and doubts.of_rate(planned.row.value.currency)

    def _compare_schedules(self, session: Session) -> None:
        """Instalments of a grant that is not taken over now: they have to be those on record."""
        name = "instalments.csv"
        existing = set(session.scalars(select(Award.reference)))
        for row in self.files.sound(name):
            if self.files.doubts.about(name, row.cell):
                continue
            try:
                if not self.memory.knows(name, row.value) and row.value.grant in existing:
                    require_on_record(session, row.value)
                self.memory.keep(name, row.value)
            except FundError as refusal:
                place = getattr(refusal, "column", "number")
                self.files.refuse(name, row, place, refusal.message)


def _cell_to_look_at(planned: PlannedAct, refusal: FundError) -> str:
    """The cell to look at."""
    if isinstance(refusal, Refused):
        return refusal.column
    if isinstance(refusal, NoRate):
        return "currency"
    if isinstance(refusal, PeriodClosed):
        return planned.day
    return KEY_COLUMN[planned.file] if isinstance(refusal, Conflict) else planned.column
