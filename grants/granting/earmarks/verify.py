"""Asking live data whether earmarked money is where it may be: added to the ledger's checks."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from grants.books.ledger.verify import Check
from grants.core.funds.queries import all_funds
from grants.core.kernel.breaches import Invariant
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.deciding.awards.models import Award
from grants.giving.pledges.models import Pledge
from grants.granting.earmarks.holdings import IS_EARMARKED, holdings, purpose_of, terms_of
from grants.granting.earmarks.models import EarmarkMovement, Stage
from grants.granting.earmarks.rule import suits

NO_GRANT_GIVES_BACK_MORE_THAN_IT_TOOK = Invariant(
    _l("%(grant)s has a negative amount of %(pledge)s at the stage %(stage)s: %(cents)s US cents."),
    'SELECT award.reference AS "grant", pledge.reference AS pledge, stage, sum(usd_minor) AS cents'
    " FROM earmark_movement JOIN award ON award.id = award_id JOIN pledge ON pledge.id = pledge_id"
    " GROUP BY award.id, pledge.id, stage HAVING sum(usd_minor) < 0",
)
"""What a grant has of a contribution at a stage is never less than nothing."""


GRANTS_HAVE_WHAT_IS_EARMARKED_FOR_THEM = Invariant(
    _l(
        "%(grant)s has %(cents)s US cents of earmarked money at the stage %(stage)s, "
        "but %(booked)s are posted."
    ),
    "WITH taken AS (SELECT award_id, stage, sum(usd_minor) AS cents FROM earmark_movement"
    "   GROUP BY award_id, stage),"
    " booked AS (SELECT posting.subject, CASE account WHEN 'reserved' THEN 'reserved'"
    "     WHEN 'commitments' THEN 'set_apart' ELSE 'spent' END AS stage, sum(usd_minor) AS cents"
    "   FROM posting WHERE account IN ('reserved', 'commitments', 'grant_expense',"
    "     'programme_support_cost', 'grant_losses') GROUP BY 1, 2)"
    ' SELECT reference AS "grant", taken.stage, taken.cents, coalesce(booked.cents, 0) AS booked'
    " FROM taken JOIN award ON award.id = award_id"
    " LEFT JOIN booked ON booked.subject = 'award:' || award_id AND booked.stage = taken.stage"
    " WHERE taken.cents > coalesce(booked.cents, 0)",
)
"""Of what a grant has reserved, set apart and spent in the books, no more is earmarked money."""


EARMARKS_STAY_IN_THEIR_FUND = Invariant(
    _l("%(grant)s drew on %(pledge)s, which belongs to another fund or is not earmarked."),
    'SELECT DISTINCT award.reference AS "grant", pledge.reference AS pledge'
    " FROM earmark_movement JOIN award ON award.id = award_id JOIN pledge ON pledge.id = pledge_id"
    " WHERE award.fund_id <> pledge.fund_id OR earmarking = 'unearmarked'",
)
"""A grant takes earmarked money of its own fund."""


def no_earmark_is_overdrawn(session: Session) -> Iterator[str]:
    """Grants took no more of an earmarked contribution than came of it and did not go back."""
    for fund in all_funds(session):
        references = dict(
            session.execute(
                select(Pledge.id, Pledge.reference).where(Pledge.fund_id == fund.id, IS_EARMARKED)
            ).all()
        )
        for holding in holdings(session, fund.id).values():
            if holding.idle < 0:
                yield _(
                    "Grants have %(cents)s US cents more of %(pledge)s than was received on it.",
                    cents=-holding.idle,
                    pledge=references[holding.pledge_id],
                )


def earmarks_fit(session: Session) -> Iterator[str]:
    """What is reserved or set apart of an earmarked contribution is for a grant that fits it."""
    has = func.sum(EarmarkMovement.usd_minor)
    pairs = (
        select(EarmarkMovement.award_id, EarmarkMovement.pledge_id)
        .where(EarmarkMovement.stage != Stage.SPENT)
        .group_by(EarmarkMovement.award_id, EarmarkMovement.pledge_id)
        .having(has > 0)
        .subquery()
    )
    rows = session.execute(
        select(Award, Pledge)
        .join(pairs, pairs.c.award_id == Award.id)
        .join(Pledge, Pledge.id == pairs.c.pledge_id)
        .order_by(Award.id)
        .options(joinedload(Award.application))
    )
    for award, pledge in rows:
        if not suits(terms_of(pledge), purpose_of(session, award)):
            yield _(
                "Money from %(pledge)s is set apart for %(grant)s, but it is not "
                "earmarked for that grant.",
                pledge=pledge.reference,
                grant=award.reference,
            )


TRIGGERS = {
    "earmark_movement_append_only": "earmark_movement",
    "earmark_choice_append_only": "earmark_choice",
}

CHECKS: tuple[Check, ...] = (
    NO_GRANT_GIVES_BACK_MORE_THAN_IT_TOOK,
    GRANTS_HAVE_WHAT_IS_EARMARKED_FOR_THEM,
    EARMARKS_STAY_IN_THEIR_FUND,
    no_earmark_is_overdrawn,
    earmarks_fit,
)
