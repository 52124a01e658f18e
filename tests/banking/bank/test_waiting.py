"""No open pledge is left out of the proposals, however many there are."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import DamerauLevenshtein
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from grants.banking.bank.models import BankLine
from grants.banking.bank.proposals import fitting
from grants.banking.bank.scoring import slip_keys
from grants.banking.bank.stated import Stated
from grants.banking.bank.waiting import _SLIPPED_SO, OpenPledge, open_pledges
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import with_received
from grants.giving.pledges.schedule import Due
from grants.giving.pledges.workflow import STANDING
from grants.giving.totals.keeping import keep_own
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


def by_index(session: Session, lines: list[BankLine], most: int) -> Fits:
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
@given(pledges=PLEDGES, lines=LINES, kept=st.booleans())
def test_what_indexes_find_is_what_reading_every_pledge_finds(
    session: Session, fund: Fund, pledges: list[Any], lines: list[Any], kept: bool
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
        if kept:
            keep_own(session)
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
        if kept:
            keep_own(session)
        for most in (1, 5):
            every = [every_pledge(session)] * len(imported)
            assert by_index(session, imported, most) == told(imported, every, most)
    finally:
        example.rollback()
        session.expunge_all()


def test_a_pledge_older_than_thousands_is_proposed(session: Session, fund: Fund) -> None:
    old = a_pledge(session, fund, Money(123_456, "USD"), a_donor(session, "Old Friends"))
    for number in range(40):
        a_pledge(session, fund, Money(500_000 + number, "USD"), a_donor(session, f"D {number}"))
    keep_own(session)
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


SIGNS = st.sampled_from("-0123456789AKUZ")
REFERENCES = st.text("-0123456789AKUZ", min_size=8, max_size=20)
SLIPS = st.lists(st.tuples(st.integers(0, 30), st.sampled_from("asdt"), SIGNS), max_size=2)


def mistyped(reference: str, slips_: list[tuple[int, str, str]]) -> str:
    """With characters added, mistyped, left out or swapped."""
    for place, slip, sign in slips_:
        at = place % (len(reference) + (slip == "a"))
        before, here, after = reference[:at], reference[at : at + 1], reference[at + 1 :]
        reference = before + {"a": sign + here, "s": sign, "d": "", "t": after[:1] + here}[slip]
        reference += after[1:] if slip == "t" else after
    return reference


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(reference=REFERENCES, slips_=SLIPS)
def test_a_mistyped_reference_shares_a_key_with_what_was_meant(
    session: Session, reference: str, slips_: list[tuple[int, str, str]]
) -> None:
    word = mistyped(reference, slips_)
    assert DamerauLevenshtein.distance(word, reference) <= len(slips_)
    kept = set(session.scalars(select(func.unnest(func.reference_slips(reference)))))
    assert slip_keys(word) & kept
    assert kept <= slip_keys(reference)


def test_open_pledges_are_not_read_to_find_a_mistyped_reference(
    session: Session, fund: Fund
) -> None:
    meant = a_pledge(session, fund, Money(123_456, "USD"), a_donor(session, "Old Friends"))
    for number in range(30):
        a_pledge(session, fund, Money(500_000 + number, "USD"), a_donor(session, f"D {number}"))
    keep_own(session)
    word = meant.reference[:4] + meant.reference[5:-1] + "?"
    lines = imported_lines(session, fund, [BankEntry(money("77"), text=f"for {word}")])
    (found,) = open_pledges(session, [Stated.of(lines[0])])
    assert [one.id for one in found] == [meant.id]
    session.execute(text("SET LOCAL enable_seqscan = off"))
    words = str(_SLIPPED_SO).partition(" AND (SELECT true")[0]
    plan = session.execute(text(f"EXPLAIN {words}"), {"keys": ["1-A"]}).scalars()
    assert any("ix_pledge_slips" in line for line in plan)
