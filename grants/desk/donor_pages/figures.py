"""What each donor of a list gave, still is to pay, and where it stands: read for all at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, selectinload

from grants.core.kernel import clock
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money, usd
from grants.core.kernel.taxonomies import Term
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.core.texts.formats import plain_day
from grants.core.texts.marks import spaced
from grants.giving.contributions.figures import valued_pledges
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.queries import STANDS
from grants.giving.donors.models import Donor
from grants.giving.outreach.models import OutreachContact
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import of_the_funds, outstanding, with_received
from grants.giving.pledges.schedule import payments
from grants.giving.pledges.workflow import AGREED, STANDING
from grants.platform.casework.queries import names_of_owners


class Stage(Term):
    """How far a donor has come, by what is still open; by what came, where nothing is."""

    PROSPECT = "prospect", _l("Not asked yet")
    ASKED = "asked", _l("Asked")
    PLEDGED = "pledged", _l("Pledged")
    SIGNED = "signed", _l("Agreement signed")
    RECEIVED = "received", _l("All received")


@dataclass
class Figures:
    """One donor's gifts and promises, in USD."""

    given: Money = field(default_factory=lambda: usd(0))
    last_gift: date | None = None
    next_due: date | None = None
    open: Money = field(default_factory=lambda: usd(0))
    overdue: Money = field(default_factory=lambda: usd(0))
    stage: Stage = Stage.PROSPECT
    owner: str = ""
    next_step: str = ""
    """The first step that is to be taken, and by when."""


class DonorFigures:
    """The figures of the donors on a page or in a part of a file, by a few questions for all."""

    def __init__(self, session: Session, viewer: Viewer) -> None:
        self.session, self.viewer = session, viewer
        self.of_donor: Mapping[int, Figures] = {}

    def __call__(self, donor: Donor) -> Figures:
        return self.of_donor.get(donor.organisation_id) or Figures()

    def prepare(self, donors: Sequence[Donor]) -> None:
        """Read what the columns show of these donors."""
        ids = [donor.organisation_id for donor in donors]
        figures: dict[int, Figures] = defaultdict(Figures)
        self._read_asked(ids, figures)
        self._read_gifts(ids, figures)
        self._read_promises(ids, figures)
        self._read_owners(ids, figures)
        self.of_donor = dict(figures)

    def _read_asked(self, ids: Iterable[int], figures: dict[int, Figures]) -> None:
        """Who was asked, and what is to be done next."""
        contact = OutreachContact
        is_open = and_(
            contact.next_step.is_not(None),
            contact.done_at.is_(None),
            in_funds_with(self.viewer, Permission.OUTREACH_SEE, contact.fund_id),
        )
        steps = func.array_agg(aggregate_order_by(contact.next_step, contact.next_on))
        query = select(
            contact.donor_id,
            func.min(contact.next_on).filter(is_open),
            steps.filter(is_open),
        ).where(contact.donor_id.in_(ids))
        for donor_id, day, texts in self.session.execute(query.group_by(contact.donor_id)):
            row = figures[donor_id]
            row.stage = Stage.ASKED
            row.next_step = f"{plain_day(day, 'medium')}{spaced(':')}{texts[0]}" if texts else ""

    def _read_gifts(self, ids: Iterable[int], figures: dict[int, Figures]) -> None:
        gifts = (
            select(Pledge.donor_id, func.sum(Deposit.usd_minor), func.max(Deposit.value_on))
            .join(Deposit, Deposit.pledge_id == Pledge.id)
            .where(Pledge.donor_id.in_(ids), STANDS, of_the_funds(self.viewer))
            .group_by(Pledge.donor_id)
        )
        for donor_id, cents, day in self.session.execute(gifts):
            row = figures[donor_id or 0]
            row.given, row.last_gift, row.stage = usd(int(cents)), day, Stage.RECEIVED

    def _read_promises(self, ids: Sequence[int], figures: dict[int, Figures]) -> None:
        conditions = (Pledge.donor_id.in_(ids), of_the_funds(self.viewer))
        valued = valued_pledges(*conditions)
        pledges = self.session.execute(
            select(Pledge, valued.c.cents)
            .outerjoin(valued, valued.c.id == Pledge.id)
            .where(Pledge.state.in_(STANDING), *conditions)
            .options(selectinload(Pledge.instalments), with_received())
        )
        for pledge, cents in pledges:
            if pledge.donor_id is not None:
                _add_promise(figures[pledge.donor_id], pledge, int(cents or 0))

    def _read_owners(self, ids: Iterable[int], figures: dict[int, Figures]) -> None:
        for number, name in self.session.execute(names_of_owners("donor", ids)):
            figures[number].owner = name


def _add_promise(row: Figures, pledge: Pledge, cents: int) -> None:
    """What is still to come of a pledge, spread over its days by what it is worth in USD."""
    came = Money(pledge.received_minor or 0, pledge.currency)
    left = outstanding(pledge, came)
    if not left:
        return
    unpaid = [due for due in payments(pledge, came) if not due.paid]
    late = sum(due.left.minor for due in unpaid if due.overdue_on(clock.today()))
    whole = pledge.standing.minor
    row.open += usd(cents * left.minor // whole)
    row.overdue += usd(cents * late // whole)
    days = [due.due_on for due in unpaid]
    row.next_due = min([*days, *([row.next_due] if row.next_due else [])], default=None)
    signed = pledge.state in AGREED
    if signed or row.stage is not Stage.SIGNED:
        row.stage = Stage.SIGNED if signed else Stage.PLEDGED
