"""Taking over a fund's history: all of it, or nothing."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.funds.queries import fund_by_code, lock
from grants.history.files import TABLES
from grants.history.plan import Files
from grants.history.replay import Replay, Told
from grants.kernel.language import gettext as _


def take_over(
    session: Session,
    fund_code: str,
    contents: Mapping[str, bytes],
    told: Told = lambda _done, _all: None,
) -> list[str]:
    """Replay the files of a history (name → bytes) through the real acts.

    Returns one line for each file. UnreadableTable with every fault, `file:line: column: what is
    wrong and what is expected`; the caller then keeps nothing. Repeating it changes nothing. One
    import runs at a time. `told` hears how many acts are done, and of how many.
    """
    files = Files.read(contents)
    files.require()
    files.check()
    files.require()
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("history", 0))))
    fund = lock(session, fund_by_code(session, fund_code).id)
    replay = Replay(fund, files, told=told)
    replay.run(session)
    return [
        _(
            "%(file)s: %(rows)s rows read, %(new)s new.",
            file=name,
            rows=files.given[name],
            new=replay.new.get(name, 0),
        )
        for name in TABLES
        if name in files.given
    ]
