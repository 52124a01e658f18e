"""No open pledge is left out of the proposals, however many there are."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.banking.bank.models import BankLine
from grants.banking.matching.proposals import fitting
from grants.banking.matching.stated import Stated
from grants.banking.matching.waiting import OpenPledge, open_pledges
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import with_received
from grants.giving.pledges.schedule import Due
from grants.giving.pledges.workflow import STANDING
from tests.banking.bank.arranging import imported_lines
from tests.banking.bank.files import BankEntry
from tests.books.ledger.books import money, publish_rates
from tests.factories import a_deposit, a_donor, a_pledge

DAY = date(2026, 3, 1)
NAMES = (
    "Republic of Arcadia",
    "Arcadia Foundation",
    "Ministry of Arcadia",
    "Российская Федерация",
    "Utopia",
)
SUMS = (1_000, 1_000, 2_500, 40_000, 100_000)


Fits = list[list[tuple[str, int]]]


def every_pledge(session: Session) -> list[OpenPledge]:
    """Each pledge in force, read as a record."""
    return [
        OpenPledge(
            *(pledge.id, pledge.reference, pledge.fund_id, pledge.currency),
            *(pledge.standing.minor, pledge.received_minor or 0, pledge.donor.name),
            (pledge.donor.name, *pledge.donor.other_names),
            tuple(part.due_on for part in pledge.instalments),
            tuple(part.amount_minor for part in pledge.instalments),
        )
        for pledge in session.scalars(
            select(Pledge)
            .where(Pledge.state.in_(STANDING))
            .options(with_received())
            .execution_options(populate_existing=True)
        )
        if pledge.donor
    ]


def told(lines: list[BankLine], found: Sequence[Iterable[OpenPledge]], most: int) -> Fits:
    return [
        [(p.pledge.reference, p.fit.score) for p in fitting(Stated.of(line), pledges, most)]
        for line, pledges in zip(lines, found, strict=True)
    ]


def worth_a_look(session: Session, lines: list[BankLine], most: int) -> Fits:
    return told(lines, open_pledges(session, [Stated.of(line) for line in lines], 2 * most), most)


PLEDGES = st.lists(
    st.tuples(
        st.sampled_from(SUMS),
        st.sampled_from(("USD", "EUR")),
        st.integers(0, len(NAMES) - 1),
        st.integers(-40, 40),
        st.sampled_from((0, 0, 300)),
    ),
    min_size=3,
    max_size=14,
)
LINES = st.lists(
    st.tuples(
        st.sampled_from((*SUMS, 990, 39_000, 77)),
        st.sampled_from((*NAMES, "Republic Arcadia of", "ARCADA REPUBLIC OF", "")),
        st.integers(0, 13),
        st.sampled_from(("none", "quoted", "bare", "within", "slip", "slips")),
    ),
    min_size=1,
    max_size=5,
)


def quote(reference: str, how: str) -> str:
    match how:
        case "quoted":
            return f"Contribution {reference} thank you"
        case "bare":
            return reference.replace("-", "")
        case "within":
            return f"RF18{reference.replace('-', ' ')}/2026"
        case "slip":
            return f"Ref {reference[:-3]}{reference[-2:]}"
        case "slips":
            return f"Ref {reference[:3]}{reference[4:-1]}?"
        case _:
            return "Contribution"


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(pledges=PLEDGES, lines=LINES)
def test_what_is_worth_a_look_holds_what_fits_best_of_every_pledge(
    session: Session, fund: Fund, pledges: list[Any], lines: list[Any]
) -> None:
    example = session.begin_nested()
    try:
        publish_rates(session)
        donors = [a_donor(session, name) for name in NAMES]
        made = []
        for minor, currency, donor, day, came in pledges:
            amount = Money(minor, currency)
            half = Money(minor // 2, currency)
            due = DAY + timedelta(days=day)
            dues = (Due(due, half), Due(due + timedelta(days=200), amount - half))
            made.append(a_pledge(session, fund, amount, donors[donor], payments=dues))
            if came:
                a_deposit(session, fund, made[-1], Money(came, currency), value_on=DAY)
        entries = [
            BankEntry(
                money(f"{minor / 100:.2f}"),
                on=DAY,
                name=name,
                text=quote(made[which % len(made)].reference, how),
            )
            for minor, name, which, how in lines
        ]
        imported = imported_lines(session, fund, entries)
        for most in (1, 5):
            every = [every_pledge(session)] * len(imported)
            assert worth_a_look(session, imported, most) == told(imported, every, most)
    finally:
        example.rollback()
        session.expunge_all()


def test_a_pledge_older_than_thousands_is_proposed(session: Session, fund: Fund) -> None:
    old = a_pledge(session, fund, Money(123_456, "USD"), a_donor(session, "Old Friends"))
    for number in range(40):
        a_pledge(session, fund, Money(500_000 + number, "USD"), a_donor(session, f"D {number}"))
    lines = imported_lines(
        session,
        fund,
        [
            BankEntry(money("1234.56"), name="Unknown"),
            BankEntry(money("77"), name="Old Friends"),
            BankEntry(money("77"), name="Unknown", text=f"for {old.reference}"),
        ],
    )
    found = open_pledges(session, [Stated.of(line) for line in lines])
    assert [[one.id for one in each] for each in found] == [[old.id]] * 3, "no other is looked at"
    assert [[one[0] for one in each] for each in told(lines, found, 5)] == [[old.reference]] * 3


def test_a_mistyped_reference_is_found_among_open_pledges(session: Session, fund: Fund) -> None:
    meant = a_pledge(session, fund, Money(123_456, "USD"), a_donor(session, "Old Friends"))
    for number in range(30):
        a_pledge(session, fund, Money(500_000 + number, "USD"), a_donor(session, f"D {number}"))
    word = meant.reference[:4] + meant.reference[5:-1] + "?"
    lines = imported_lines(session, fund, [BankEntry(money("77"), text=f"for {word}")])
    (found,) = open_pledges(session, [Stated.of(lines[0])])
    assert [one.id for one in found] == [meant.id]
