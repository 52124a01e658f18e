"""Are the kept figures what the records add up to? `flask ledger verify` asks it with the rest."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from grants.books.ledger.verify import Check
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.giving.pledges.models import Pledge
from grants.giving.receivables.kept import as_kept, changed_in
from grants.giving.receivables.models import AgedReceivable
from grants.giving.totals.measure import Lines, Measured, Owed, Share, measure
from grants.giving.totals.models import PledgeFigure, PledgeOwed, PledgeShare, StalePledge

TRIGGERS = {
    "pledge_stale": "pledge",
    "pledge_change_stale": "pledge_change",
    "pledge_instalment_stale": "pledge_instalment",
    "deposit_stale": "deposit",
    "posting_stale": "posting",
    "donor_stale": "organisation",
    "rate_stale": "exchange_rate",
}
"""What tells that a pledge's figures have to be worked out again, and of which table."""
_BATCH = 5000


def figures_of_pledges_are_theirs(session: Session) -> Iterator[str]:
    """Each pledge's kept figures are what its deposits, agreement, payments and books say now.
    Not looked at is what no reader takes: what is named as stale, and ages that hold no longer.
    """
    stale = set(session.scalars(select(StalePledge.pledge_id)))
    for fund in session.scalars(select(Fund)):
        stale.update(changed_in(session, fund, clock.today(), most=None))
    last = 0
    while ids := session.scalars(
        select(Pledge.id).where(Pledge.id > last).order_by(Pledge.id).limit(_BATCH)
    ).all():
        last = ids[-1]
        wanted = [pledge_id for pledge_id in ids if pledge_id not in stale]
        kept, found = _kept(session, wanted), measure(session, wanted)
        for pledge_id in wanted:
            if kept[pledge_id] != found[pledge_id]:
                yield _(
                    "The stored figures of pledge %(id)s do not match the pledge.", id=pledge_id
                )


def _kept(session: Session, ids: list[int]) -> dict[int, Measured]:
    lines: dict[int, Lines] = {pledge_id: Counter() for pledge_id in ids}
    shares: dict[int, Share] = {}
    for row in session.execute(_LINES, {"ids": ids}):
        lines[row[0]][row[1], row[2], row[3]] = row[4]
    for own in session.execute(_SHARES, {"ids": ids}):
        shares[own[0]] = Share(own[1], own[2], own[3], own[4], own[5])
    owed: dict[int, list[Owed]] = {pledge_id: [] for pledge_id in ids}
    for due in session.execute(_OWED, {"ids": ids}):
        owed[due[0]].append((due[1], due[2], due[3], due[4], due[5]))
    aged = {one.pledge_id: as_kept(one) for one in session.scalars(_AGED, {"ids": ids})}
    return {
        pledge_id: Measured(
            lines[pledge_id], shares.get(pledge_id), tuple(owed[pledge_id]), aged.get(pledge_id)
        )
        for pledge_id in ids
    }


_LINES = (
    select(
        *(PledgeFigure.pledge_id, PledgeFigure.fund_id, PledgeFigure.figure),
        *(PledgeFigure.on_day, PledgeFigure.amount),
    )
).where(text("pledge_id = ANY(CAST(:ids AS bigint[]))"))
_OWED = (
    select(
        *(PledgeOwed.pledge_id, PledgeOwed.fund_id, PledgeOwed.donor_id),
        *(PledgeOwed.currency, PledgeOwed.minor, PledgeOwed.due_on),
    )
    .where(text("pledge_id = ANY(CAST(:ids AS bigint[]))"))
    .order_by(PledgeOwed.minor, PledgeOwed.due_on)
)
_AGED = select(AgedReceivable).where(text("pledge_id = ANY(CAST(:ids AS bigint[]))"))
_SHARES = select(
    *(PledgeShare.pledge_id, PledgeShare.fund_id, PledgeShare.donor_id, PledgeShare.named),
    *(PledgeShare.pledged_minor, PledgeShare.received_minor),
).where(text("pledge_id = ANY(CAST(:ids AS bigint[]))"))


def figures_of_funds_are_those_of_pledges(session: Session) -> Iterator[str]:
    """A fund's figure on a day is the sum of its pledges' figures."""
    rows = session.execute(
        text(
            "SELECT figure, on_day FROM (SELECT fund_id, figure, on_day, sum(amount) AS amount"
            "   FROM pledge_figure GROUP BY 1, 2, 3) own"
            " FULL JOIN (SELECT fund_id, figure, on_day, sum(amount) AS amount"
            "   FROM fund_figure GROUP BY 1, 2, 3) kept USING (fund_id, figure, on_day)"
            " WHERE coalesce(own.amount, 0) <> coalesce(kept.amount, 0) ORDER BY 1, 2"
        )
    )
    for figure, day in rows:
        yield _(
            "The stored figure “%(figure)s” for %(day)s is not the sum of its pledges.",
            figure=figure,
            day=f"{day:%Y-%m-%d}",
        )


def totals_of_donors_are_those_of_pledges(session: Session) -> Iterator[str]:
    """What a donor is shown to have given is the sum of its pledges."""
    rows = session.execute(
        text(
            "SELECT donor_id FROM (SELECT fund_id, donor_id, named, count(*) AS pledges,"
            "   sum(pledged_minor) AS pledged, sum(received_minor) AS received"
            "   FROM pledge_share GROUP BY 1, 2, 3) own"
            " FULL JOIN donor_total kept USING (fund_id, donor_id, named)"
            " WHERE (coalesce(own.pledges, 0), coalesce(own.pledged, 0), coalesce(own.received, 0))"
            "   <> (coalesce(kept.pledges, 0), coalesce(kept.pledged_minor, 0),"
            "     coalesce(kept.received_minor, 0)) ORDER BY 1"
        )
    )
    for (donor_id,) in rows:
        yield _("The stored total of donor %(id)s is not the sum of its pledges.", id=donor_id)


CHECKS: list[Check] = [
    figures_of_pledges_are_theirs,
    figures_of_funds_are_those_of_pledges,
    totals_of_donors_are_those_of_pledges,
]
