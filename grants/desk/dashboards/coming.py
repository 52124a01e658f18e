"""What comes when to those who certify, approve and make payments: the instalments of a fund that
are due by now and in the next three months.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from grants.core.funds.models import Fund
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.money import Money, usd
from grants.core.kernel.taxonomies import Term
from grants.deciding.awards.models import Award
from grants.granting.payments.models import Instalment
from grants.granting.payments.workflow import TO_CERTIFY, UNDER_WAY, UNPAID, InstalmentState


class When(Term):
    """How soon an instalment is to be handled; one that is under way is, at once."""

    NOW = "now", _p("payments", "Now")
    WEEK = "week", _l("In the next 7 days")
    MONTH = "month", _l("In 8 to 30 days")
    QUARTER = "quarter", _l("In 31 to 90 days")


DAYS = {When.NOW: 0, When.WEEK: 7, When.MONTH: 30, When.QUARTER: 90}


class Stage(Term):
    """Whose turn it is."""

    CERTIFY = "certify", _l("To certify")
    APPROVE = "approve", _p("payments", "To approve")
    PAY = "pay", _l("To pay, or with the bank")
    HELD = "held", _l("On hold or suspended")


MOST = 300
"""Instalments on one page; what comes later is on the list of payments."""

Cells = Mapping[tuple[When, Stage], tuple[int, Money]]
"""How many instalments, and their sum."""


def _is_when(on: date) -> ColumnElement[str]:
    at_once = Instalment.state.in_(UNDER_WAY)
    return case(
        (at_once, When.NOW.value),
        *((Instalment.due_on <= on + timedelta(days), when.value) for when, days in DAYS.items()),
    )


def _stage_now() -> ColumnElement[str]:
    stopped = (Instalment.state == InstalmentState.HELD) | Award.suspended_on.is_not(None)
    return case(
        (stopped, Stage.HELD.value),
        (Instalment.state.in_(TO_CERTIFY), Stage.CERTIFY.value),
        (Instalment.state == InstalmentState.CERTIFIED, Stage.APPROVE.value),
        else_=Stage.PAY.value,
    )


def _coming_instalments(fund: Fund, on: date) -> Select[Any]:
    soon = Instalment.due_on <= on + timedelta(DAYS[When.QUARTER])
    return (
        select(Instalment)
        .join(Instalment.award)
        .where(
            Award.fund_id == fund.id,
            Award.is_running,
            Instalment.state.in_(UNPAID),
            soon | Instalment.state.in_(UNDER_WAY),
        )
    )


def coming_figures(session: Session, fund: Fund, on: date) -> Cells:
    """How much is to be sent at each stage by when, in one query; stages with none are left out."""
    when, stage = _is_when(on).label("due"), _stage_now().label("stage")
    counted = _coming_instalments(fund, on).with_only_columns(
        when, stage, func.count(), func.sum(Instalment.net_minor)
    )
    rows = session.execute(counted.group_by("due", "stage"))
    return {
        (When(due), Stage(turn)): (int(count), usd(int(cents))) for due, turn, count, cents in rows
    }


def coming_instalments(session: Session, fund: Fund, when: When, on: date) -> Sequence[Instalment]:
    """The instalments of a span, the earliest first."""
    listed = (
        _coming_instalments(fund, on)
        .join(Award.organisation)
        .where(_is_when(on) == when.value)
        .options(
            contains_eager(Instalment.award).options(
                contains_eager(Award.organisation), joinedload(Award.fund)
            )
        )
        .order_by(Instalment.due_on, Instalment.id)
    )
    return session.scalars(listed.limit(MOST)).all()
