"""Finding funds."""

from collections.abc import Sequence

from sqlalchemy import literal, or_, select
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _

_BY_CODE = "funds by code"


def fund_by_code(session: Session, code: str) -> Fund:
    """The fund, or Missing with the codes there are. Within one session it is looked up once."""
    funds: dict[str, Fund] = session.info.setdefault(_BY_CODE, {})
    if (cached := funds.get(code.upper())) is not None and cached in session:
        return cached
    fund = session.scalar(select(Fund).where(Fund.code == code.upper()))
    if fund is None:
        codes = ", ".join(session.scalars(select(Fund.code).order_by(Fund.code))) or "-"
        raise Missing(
            _(
                "Fund %(code)s not found. Available funds: %(codes)s.",
                code=code,
                codes=codes,
            )
        )
    funds[fund.code] = fund
    return fund


def all_funds(session: Session) -> Sequence[Fund]:
    """Every fund of this installation, the oldest first."""
    funds = session.scalars(select(Fund).order_by(Fund.id)).all()
    session.info.setdefault(_BY_CODE, {}).update({fund.code: fund for fund in funds})
    return funds


def fund_of_reference(session: Session, reference: str) -> int | None:
    """The id of the fund that a reference begins with, or that is named after the slash."""
    text = literal(reference)
    named = or_(
        text == Fund.code,
        text.startswith(Fund.code + "-"),
        text.endswith("/" + Fund.code),
    )
    return session.scalar(select(Fund.id).where(named).order_by(Fund.id).limit(1))


def lock(session: Session, fund_id: int) -> Fund:
    """The fund with its row locked: decisions on its money wait for each other.

    Records that merely belong to the fund (a pledge, a call) are written meanwhile.
    """
    query = select(Fund).where(Fund.id == fund_id).with_for_update(key_share=True)
    fresh = query.execution_options(populate_existing=True)
    return session.scalars(fresh).one()
