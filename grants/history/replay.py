"""A history replayed in order of date; every refusal is told at its own row."""

from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.audit.act import Act
from grants.awards.models import Award
from grants.history import acts
from grants.history.acts import PERFORM, Context, Perform
from grants.history.plan import Deed, deeds
from grants.kernel import clock
from grants.kernel.errors import FundError
from grants.kernel.language import gettext as _
from grants.ledger.periods import PeriodClosed
from grants.ledger.rates import NoRate, add_rates, refused_rates
from grants.people.models import Organisation
from grants.pledges.models import Pledge


@dataclass
class Replay(Context):
    """One import under way."""

    failed: set[str] = field(default_factory=set)
    """References of pledges and grants that could not be taken over: their rows wait with them."""

    def run(self, session: Session) -> None:
        """Everything, in order of date; UnreadableTable with every refusal."""
        self._rates(session)
        for name, enter in (("donors.csv", acts.donor), ("organisations.csv", acts.organisation)):
            for row in self.files.rows(name):
                self._do(session, name, row, enter, "code", "code")
        self._references(session)
        self.files.require()
        for deed in deeds(self.files):
            self._deed(session, deed)
        self.files.require()

    def _rates(self, session: Session) -> None:
        rows = self.files.rows("rates.csv")
        rates = [row.value for row in rows]
        for number, refusal in refused_rates(session, rates).items():
            self.files.refuse("rates.csv", rows[number].line, "rate", refusal)
        self.files.require()
        self.new["rates.csv"] = add_rates(session, rates, Act.by_system("import"))

    def _deed(self, session: Session, deed: Deed) -> None:
        row = deed.row.value
        belongs = getattr(row, "pledge", None) or getattr(row, "grant", None)
        if belongs in self.failed or getattr(row, "reference", None) in self.failed:
            return
        moment = datetime.combine(deed.on, time(12), clock.VIENNA)
        with clock.at(moment):
            perform = PERFORM[deed.file, deed.day]
            self._do(session, deed.file, deed.row, perform, deed.column, deed.day)

    def _do(
        self, session: Session, name: str, row: Any, perform: Perform, column: str, day: str
    ) -> None:
        try:
            with session.begin_nested():
                if perform(self, session, row.value):
                    self.new[name] = self.new.get(name, 0) + 1
        except FundError as refusal:
            places: dict[type[FundError], str] = {NoRate: "currency", PeriodClosed: day}
            place = places.get(type(refusal), column)
            self.files.refuse(name, row.line, place, refusal.message)
            self.failed.add(getattr(row.value, "reference", None) or "")
            self.failed.discard("")

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
                    self.files.refuse(
                        name,
                        row.line,
                        column,
                        _("“%(code)s” is not known; expected %(what)s", code=named, what=told),
                    )

    def _pledges(self, session: Session) -> set[str]:
        given = {row.value.reference for row in self.files.rows("pledges.csv")}
        return given | set(session.scalars(select(Pledge.reference)))

    def _grants(self, session: Session) -> set[str]:
        given = {row.value.reference for row in self.files.rows("grants.csv")}
        return given | set(session.scalars(select(Award.reference)))


def _codes(session: Session) -> set[str]:
    return set(session.scalars(select(Organisation.code)))
