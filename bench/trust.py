"""What trust costs: the chain of the trail, the binding of records, the second role, the signature.

Each line takes one thing away. The ways are measured in turn, round by round, so that a busy
machine slows all of them alike: compare the lines of one run. The fastest tenth is what it costs
undisturbed.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import date
from itertools import count
from unittest import mock

from sqlalchemy import event, make_url
from sqlalchemy.orm import Session

from bench._donors import FIRST, LAST, code, plant
from bench._stand import analyse, installation, show
from grants.books.ledger.entries import Voucher
from grants.books.ledger.receipts import receive_deposit
from grants.core.audit import binding, chain
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.database import embedded, roles
from grants.core.database.db import Database
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.money import usd
from grants.papers.statements.catalogue import paper_of
from grants.papers.statements.issuing import print_source_of
from grants.papers.typesetting.paper import Span
from grants.platform.pdf_signing.reading import read_signature
from grants.platform.pdf_signing.signing import known

ROUNDS, WRITERS, EACH = 150, 8, 25
ACT = Act.by_system("bench")
numbers = count(1)
Way = Callable[[], AbstractContextManager[None]]


def deposit(database: Database) -> None:
    """A deposit booked: an entry, two postings, two rows of the trail; the entry is bound."""
    number = next(numbers)
    with database.transaction() as session:
        fund = fund_by_code(session, "UNVTF")
        voucher = Voucher(
            fund, date(2026, 1, 15), f"pledge:{10**6 + number}", f"bench:{number}", ACT
        )
        receive_deposit(session, voucher, usd(10_000))
        record(session, fund, "describe", ACT)


@contextmanager
def no_chain() -> Iterator[None]:
    """Rows of the trail stay rows, in no chain; records are bound to nothing."""
    event.remove(Session, "before_commit", chain._seal_rows)  # noqa: SLF001 - measured
    yield
    event.listen(Session, "before_commit", chain._seal_rows)  # noqa: SLF001 - measured


@contextmanager
def no_binding() -> Iterator[None]:
    """The rows of the trail are chained, the records that were touched are not hashed."""
    with mock.patch.object(binding, "bind", return_value=()):
        yield


WAYS: Mapping[str, Way] = {
    "as it is": nullcontext,
    "without binding records": no_binding,
    "without binding and chain": no_chain,
}


def in_turn(acts: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each act, one after the other, again and again; sorted."""
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for number in range(rounds + 10):
        for name, act in acts.items():
            begun = time.perf_counter()
            act()
            if number >= 10:
                taken[name].append((time.perf_counter() - begun) * 1000)
    return {name: sorted(times) for name, times in taken.items()}


def alone(application: Database, owner: Database) -> list[list[str]]:
    """One writer, the ways in turn; and the same act as the owner of the tables."""

    def under(way: Way, database: Database) -> Callable[[], None]:
        def act() -> None:
            with way():
                deposit(database)

        return act

    acts = {name: under(way, application) for name, way in WAYS.items()}
    acts["as it is, as the owner of the tables"] = under(nullcontext, owner)
    return [
        [name, f"{times[len(times) // 10]:.2f}", f"{statistics.median(times):.2f}"]
        for name, times in in_turn(acts, ROUNDS).items()
    ]


def together(database: Database) -> list[list[str]]:
    """Eight writers at once, who meet at the lock of the chain: deposits a second."""
    found: dict[str, list[float]] = {name: [] for name in WAYS}
    with ThreadPoolExecutor(WRITERS) as pool:
        for _round in range(5):
            for name, way in WAYS.items():
                with way():
                    begun = time.perf_counter()
                    list(pool.map(lambda _n: deposit(database), range(WRITERS * EACH)))
                    found[name].append(WRITERS * EACH / (time.perf_counter() - begun))
    return [[name, f"{statistics.median(rates):.0f}"] for name, rates in found.items()]


def signature(database: Database) -> list[list[str]]:
    """A statement printed with its signature and without, and the signature read again."""
    with database.session() as session:
        source = print_source_of(paper_of(session, "donor-statement", code(7), Span(FIRST, LAST)))
    pdf = source.printed()
    acts: dict[str, Callable[[], object]] = {
        "a statement printed and signed": source.printed,
        "the same without a signature": replace(source, signed=False).printed,
        "its signature read and checked": lambda: read_signature(pdf, known()),
    }
    size = len(pdf) - len(replace(source, signed=False).printed())
    taken = in_turn(acts, 20)
    rows = [
        [name, f"{times[len(times) // 10]:.1f}", f"{statistics.median(times):.1f}"]
        for name, times in taken.items()
    ]
    return [*rows, ["bytes that the signature adds", f"{size:,}", ""]]


def main() -> None:
    with installation() as (_app, owner):
        plant(owner, 20)
        analyse(owner)
        with owner.begin() as connection:
            roles.limit(connection, embedded.ROLE)
        url = owner.bind.engine.url.render_as_string(hide_password=False)
        application = Database.at(embedded.as_application(url), pool_size=WRITERS)
        assert make_url(embedded.as_application(url)).username == embedded.ROLE
        show("A deposit booked", ("one writer", "p10 ms", "p50 ms"), alone(application, owner))
        show("The same, 8 writers at once", ("", "a second"), together(application))
        show("The signature", ("", "p10 ms", "p50 ms"), signature(owner))
        application.dispose()


if __name__ == "__main__":
    main()
