"""A history replayed in order of date; every refusal is told at its own row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.awards.models import Award
from grants.history import incoming, outgoing
from grants.history.acts import Context, Perform, by_import
from grants.history.memory import Memory, Refused
from grants.history.outgoing import require_on_record
from grants.history.plan import KEY_COLUMN, Deed, deeds
from grants.kernel import clock
from grants.kernel.errors import Conflict, FundError
from grants.kernel.language import gettext as _
from grants.ledger.periods import PeriodClosed
from grants.ledger.queries import NotEnough
from grants.ledger.rates import NoRate, add_rates, refused_rates
from grants.people.models import Organisation
from grants.pledges.models import Pledge

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
    failed: set[str] = field(default_factory=set)
    """References of pledges and grants that could not be taken over: their rows wait with them."""
    short: bool = False
    """Money that should have come was refused: what it was spent on cannot be judged."""

    def run(self, session: Session) -> None:
        """Everything, in order of date; UnreadableTable with every refusal."""
        self.memory = Memory.of(session, self.fund)
        self._rates(session)
        for file in ("donors.csv", "organisations.csv"):
            rows = self.files.rows(file)
            self._together(session, [Deed.undated(file, "code", row) for row in rows])
        self._references(session)
        self._schedules(session)
        self.files.require()
        self._dated(session)
        self.files.require()
        self.memory.write(session)

    def _dated(self, session: Session) -> None:
        todo, done = deeds(self.files), 0
        for on, of_day in groupby(todo, key=lambda deed: deed.on):
            with clock.at(datetime.combine(on, time(12), clock.VIENNA)):
                done += self._together(session, list(of_day))
            self.told(done, len(todo))

    def _rates(self, session: Session) -> None:
        rows = self.files.rows("rates.csv")
        rates = [row.value for row in rows]
        for number, refusal in refused_rates(session, rates).items():
            self.files.refuse("rates.csv", rows[number].line, "rate", refusal)
        self.files.require()
        self.new["rates.csv"] = add_rates(session, rates, by_import())

    def _together(self, session: Session, of_day: Sequence[Deed]) -> int:
        """The deeds of one day: their order within it is nowhere written down, so what is refused
        is tried again after the others.
        """
        waiting: list[Deed] = list(of_day)
        while waiting:
            refused = [(deed, why) for deed in waiting if (why := self._attempt(session, deed))]
            if len(refused) == len(waiting):
                for deed, why in refused:
                    self._refuse(deed, why)
                break
            waiting = [deed for deed, _why in refused]
        return len(of_day)

    def _attempt(self, session: Session, deed: Deed) -> FundError | None:
        """Do it; the fund's refusal, if there is one, with nothing of it done."""
        if not self.failed.isdisjoint(deed.belongs):
            self.short = self.short or deed.brings
            return None
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

    def _refuse(self, deed: Deed, refusal: FundError) -> None:
        if not (self.short and isinstance(refusal, NotEnough)):
            column = _place(deed, refusal)
            self.files.refuse(deed.file, deed.row.line, column, refusal.message)
        self.short = self.short or deed.brings
        self.failed |= deed.stops

    def _references(self, session: Session) -> None:
        """Codes and references that a row names must be in the files or in the books."""
        for name, column, known, told in (
            ("pledges.csv", "donor", _codes(session), _("a code of donors.csv")),
            ("grants.csv", "organisation", _codes(session), _("a code of organisations.csv")),
            ("deposits.csv", "pledge", self._pledges(session), _("a reference of pledges.csv")),
            ("other.csv", "pledge", self._pledges(session), _("a reference of pledges.csv")),
            ("instalments.csv", "grant", self._grants(session), _("a reference of grants.csv")),
            ("payments.csv", "grant", self._grants(session), _("a reference of grants.csv")),
            ("grant_refunds.csv", "grant", self._grants(session), _("a reference of grants.csv")),
        ):
            for row in self.files.rows(name):
                named = getattr(row.value, column)
                if named is not None and named not in known:
                    fault = _("“%(code)s” is not known; expected %(what)s", code=named, what=told)
                    self.files.refuse(name, row.line, column, fault)

    def _pledges(self, session: Session) -> set[str]:
        given = {row.value.reference for row in self.files.rows("pledges.csv")}
        return given | set(session.scalars(select(Pledge.reference)))

    def _grants(self, session: Session) -> set[str]:
        given = {row.value.reference for row in self.files.rows("grants.csv")}
        return given | set(session.scalars(select(Award.reference)))

    def _schedules(self, session: Session) -> None:
        """Instalments of a grant that is not taken over now: they have to be those on record."""
        name = "instalments.csv"
        standing = set(session.scalars(select(Award.reference)))
        for row in self.files.rows(name):
            try:
                if not self.memory.knows(name, row.value) and row.value.grant in standing:
                    require_on_record(session, row.value)
                self.memory.keep(name, row.value)
            except FundError as refusal:
                place = getattr(refusal, "column", "number")
                self.files.refuse(name, row.line, place, refusal.message)


def _place(deed: Deed, refusal: FundError) -> str:
    """The cell to look at."""
    if isinstance(refusal, Refused):
        return refusal.column
    if isinstance(refusal, NoRate):
        return "currency"
    if isinstance(refusal, PeriodClosed):
        return deed.day
    return KEY_COLUMN[deed.file] if isinstance(refusal, Conflict) else deed.column


def _codes(session: Session) -> set[str]:
    return set(session.scalars(select(Organisation.code)))
