"""What the installation takes from its funds: the time zone of the first, the languages of all."""

import time
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel import clock, language

FRESH = 60.0
"""Seconds after which a change made in another process is seen here."""


@dataclass
class _Read:
    """When the funds were read last, on this process's own clock."""

    at: float | None = None


_last = _Read()


def follow_funds(session: Session, *, now: bool = False) -> None:
    """Use the first fund's time zone for days that are of no fund, and offer the languages of all.

    They are read once a minute, or at once when something was changed (`now`).
    """
    if not now and _last.at is not None and time.monotonic() - _last.at < FRESH:
        return
    funds = session.execute(select(Fund.time_zone, Fund.languages).order_by(Fund.id)).all()
    _last.at = time.monotonic()
    if funds:
        clock.use_zone(funds[0].time_zone)
        language.offer({code for fund in funds for code in fund.languages})
