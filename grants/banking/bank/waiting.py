"""Which pledges a line of the bank could be money on: by reference, amount and name.

Each of the three is asked of an index, so that no open pledge is left out however many there are;
how well each fits is reckoned by `scoring` afterwards. A pledge that is paid is found only by the
reference that a line quotes.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from grants.banking.bank.models import BankLine
from grants.banking.bank.scoring import (
    DUE_SOON,
    FULL_SUM,
    LIKE_NAME,
    MOST_SLIPS,
    NEARLY,
    SAME_NAME,
    bare,
    may_be_slip,
    quoted,
    slip_keys,
    slips,
)
from grants.banking.bank.senders import called_like
from grants.core.kernel.money import exponent
from grants.giving.pledges.workflow import STANDING
from grants.giving.totals.models import StalePledge

ENDING = 8
"""A reference is looked for by its last so many letters and digits: its number and check."""
LONGEST = 40 + MOST_SLIPS
"""Characters of a reference with what was added by mistake."""
Found = dict[int, set[int]]
"""Place of a line → pledges."""


def candidates(session: Session, lines: Sequence[BankLine], enough: int = 8) -> Found:
    """The pledges worth a look for each line, in a handful of queries for all of them. `enough`: of
    those that fit by amount alone, or by name alone, so many, the first ones first.
    """
    found: Found = defaultdict(set)
    fresh = set(session.scalars(select(StalePledge.pledge_id).distinct()))
    called = called_like(session, {line.counterparty for line in lines})
    for part in (
        _by_reference(session, lines),
        _by_amount(session, lines, enough),
        _by_name(session, lines, called, enough),
    ):
        for at, ids in part.items():
            found[at] |= ids
    for at in range(len(lines)):
        found[at] |= fresh
    return found


def _texts(line: BankLine) -> tuple[str, str]:
    return line.end_to_end, line.text


def _by_reference(session: Session, lines: Sequence[BankLine]) -> Found:
    """Standing pledges that a line quotes, with or without strokes, or open ones mistyped."""
    endings: dict[str, set[int]] = defaultdict(set)
    for at, line in enumerate(lines):
        for part in map(bare, _texts(line)):
            for start in range(len(part) - ENDING + 1):
                endings[part[start : start + ENDING]].add(at)
        for word in quoted(_texts(line)):
            endings[bare(word)[-ENDING:]].add(at)
    found: Found = defaultdict(set)
    rows = session.execute(_ENDING_SO, {"endings": list(endings), "states": list(STANDING)})
    known = set()
    for pledge_id, ending, reference in rows:
        known.add(reference)
        for at in endings[ending]:
            found[at].add(pledge_id)
    for at, pledge_id in _mistyped(session, lines, known):
        found[at].add(pledge_id)
    return found


_ENDING_SO = text(
    "SELECT id, right(regexp_replace(upper(reference), '[^A-Z0-9]', '', 'g'), 8), reference"
    " FROM pledge WHERE right(regexp_replace(upper(reference), '[^A-Z0-9]', '', 'g'), 8)"
    "   = ANY(CAST(:endings AS text[])) AND state = ANY(CAST(:states AS text[]))"
)


def _mistyped(
    session: Session, lines: Sequence[BankLine], known: Collection[str]
) -> Iterator[tuple[int, int]]:
    """Words that are no reference, but one or two characters away from that of an open pledge."""
    words = {
        word: slip_keys(word)
        for line in lines
        for word in quoted(_texts(line))
        if word not in known and len(word) <= LONGEST and may_be_slip(word)
        if any(sign.isdigit() for sign in word)
    }
    if not words:
        return
    asked = {"keys": sorted(set().union(*words.values()))}
    rows = session.execute(_SLIPPED_SO, asked)
    open_ = {row.reference: row.id for row in rows}
    meant = {word: [open_[reference] for reference in slips(word, open_)] for word in words}
    for at, line in enumerate(lines):
        for word in quoted(_texts(line)):
            yield from ((at, pledge_id) for pledge_id in meant.get(word, ()))


_SLIPPED_SO = text(
    "SELECT reference, id FROM pledge"
    " WHERE reference_slips(reference) && CAST(:keys AS text[])"
    # a few, which PostgreSQL expects to be thousands: each is looked up, not all that is owed read
    "   AND (SELECT true FROM pledge_owed WHERE pledge_id = pledge.id LIMIT 1)"
)


def _sums(line: BankLine) -> Iterator[tuple[str, int]]:
    """What was sent, in each currency that the bank states, with the fee and without."""
    for money in (line.amount, line.original):
        if money is not None:
            yield money.currency, money.minor
            if line.fee.minor and money.currency == line.currency:
                yield money.currency, money.minor + line.fee.minor


Alike = Mapping[tuple[Any, ...], set[int]]
"""What is asked for → the places of the lines that ask for it."""


def _asked(rows: Collection[tuple[Any, ...]], names: Sequence[str]) -> dict[str, list[Any]]:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return {name: list(column) for name, column in zip(names, columns, strict=True)}


def _each(alike: Alike, rows: Iterable[Any]) -> Found:
    """What was found for each line, from the number of what was asked for."""
    found: Found = defaultdict(set)
    places = list(alike.values())
    for number, pledge_id in rows:
        for at in places[number - 1]:
            found[at].add(pledge_id)
    return found


def _by_amount(session: Session, lines: Sequence[BankLine], enough: int) -> Found:
    """Pledges of which exactly this is due: those with a payment due about then come first."""
    alike: dict[tuple[Any, ...], set[int]] = defaultdict(set)
    for at, line in enumerate(lines):
        for currency, minor in _sums(line):
            alike[line.account.fund_id, currency, minor, line.value_on].add(at)
    asked = _asked(alike, ("fund", "currency", "minor", "day"))
    return _each(alike, session.execute(_DUE_EXACTLY, {**asked, "enough": enough}))


_DUE_EXACTLY = text(
    "SELECT asked.at, fits.pledge_id FROM unnest(CAST(:fund AS bigint[]),"
    "   CAST(:currency AS text[]), CAST(:minor AS bigint[]), CAST(:day AS date[]))"
    "   WITH ORDINALITY AS asked(fund, currency, minor, day, at)"
    " CROSS JOIN LATERAL (SELECT o.pledge_id FROM pledge_owed o WHERE o.fund_id = asked.fund"
    "   AND o.currency = asked.currency AND o.minor = asked.minor GROUP BY o.pledge_id"
    "   ORDER BY NOT EXISTS (SELECT FROM pledge_owed d WHERE d.pledge_id = o.pledge_id"
    "     AND d.due_on BETWEEN asked.day - 14 AND asked.day + 14), o.pledge_id LIMIT :enough) fits"
)


def _by_name(
    session: Session,
    lines: Sequence[BankLine],
    called: Mapping[str, dict[int, bool]],
    enough: int,
) -> Found:
    """Pledges of donors called like the sender of which about so much is due, those first that fit
    best; of donors called exactly so, the first ones whatever is due.
    """
    alike: dict[tuple[Any, ...], set[int]] = defaultdict(set)
    for at, line in enumerate(lines):
        if called[line.counterparty]:
            for currency, minor in _sums(line):
                place = line.counterparty, line.account.fund_id, line.value_on
                alike[*place, currency, minor, minor + _usual(currency, minor)].add(at)
    asked = _asked(alike, ("sender", "fund", "day", "currency", "least", "most"))
    donors = [(name, donor, same) for name, own in called.items() for donor, same in own.items()]
    asked |= _asked(donors, ("called", "donor", "same"))
    return _each(alike, session.execute(_THEIRS, {**asked, "enough": enough}))


def _usual(currency: str, minor: int) -> int:
    """What correspondent banks keep at most."""
    least: int = 50 * 10 ** exponent(currency)
    return max(least, minor // 200)


_THEIRS = text(
    "SELECT asked.at, fits.pledge_id FROM unnest(CAST(:sender AS text[]), CAST(:fund AS bigint[]),"  # noqa: S608 - our own words
    "   CAST(:day AS date[]), CAST(:currency AS text[]), CAST(:least AS bigint[]),"
    "   CAST(:most AS bigint[])) WITH ORDINALITY"
    "   AS asked(sender, fund, day, currency, least, most, at)"
    " JOIN (SELECT sender, array_agg(donor) AS donors,"
    "     array_agg(donor) FILTER (WHERE same) AS called_so FROM unnest(CAST(:called AS text[]),"
    "     CAST(:donor AS bigint[]), CAST(:same AS bool[])) AS one(sender, donor, same)"
    "   GROUP BY sender) senders USING (sender)"
    " CROSS JOIN LATERAL (WITH theirs AS MATERIALIZED (SELECT o.pledge_id,"
    "     o.donor_id = ANY(called_so) AS same,"
    "     coalesce(bool_or(o.due_on BETWEEN day - 14 AND day + 14), false) AS soon,"
    "     min(CASE WHEN o.minor = least THEN 0"
    f"      WHEN o.minor BETWEEN least AND most THEN {FULL_SUM - NEARLY} END) AS less"
    "     FROM pledge_owed o WHERE o.donor_id = ANY(donors) AND o.fund_id = asked.fund"
    "     AND o.currency = asked.currency GROUP BY o.pledge_id, o.donor_id)"
    "   (SELECT pledge_id FROM theirs WHERE less IS NOT NULL ORDER BY less"
    f"    + CASE WHEN same THEN 0 ELSE {SAME_NAME - LIKE_NAME} END"
    f"    + CASE WHEN soon THEN 0 ELSE {DUE_SOON} END, pledge_id LIMIT :enough)"
    "   UNION (SELECT pledge_id FROM theirs WHERE same"
    "     ORDER BY NOT soon, pledge_id LIMIT :enough)) fits"
)
