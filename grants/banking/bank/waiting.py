"""Which pledges a line of the bank could be money on: by reference, amount and name.

Each of the three is asked of an index, so that no open pledge is left out however many there are;
how well each fits is reckoned by `scoring` afterwards. A pledge that is paid is found only by the
reference that a line quotes.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
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
ENOUGH = 8
"""So many of those that fit by amount alone, or by name alone, the first ones first."""
Found = dict[int, set[int]]
"""Place of a line → pledges."""


def candidates(session: Session, lines: Sequence[BankLine]) -> Found:
    """The pledges worth a look for each line, in a handful of queries for all of them."""
    found: Found = defaultdict(set)
    fresh = set(session.scalars(select(StalePledge.pledge_id).distinct()))
    alike = called_like(session, {line.counterparty for line in lines})
    called = {at: alike[line.counterparty] for at, line in enumerate(lines)}
    for part in (
        _by_reference(session, lines),
        _by_amount(session, lines),
        _by_name(session, lines, called),
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
    "   AND EXISTS (SELECT FROM pledge_owed WHERE pledge_id = pledge.id)"
)


def _sums(line: BankLine) -> Iterator[tuple[str, int]]:
    """What was sent, in each currency that the bank states, with the fee and without."""
    for money in (line.amount, line.original):
        if money is not None:
            yield money.currency, money.minor
            if line.fee.minor and money.currency == line.currency:
                yield money.currency, money.minor + line.fee.minor


def _asked(rows: Sequence[tuple[Any, ...]], names: Sequence[str]) -> dict[str, list[Any]]:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return {name: list(column) for name, column in zip(names, columns, strict=True)}


def _by_amount(session: Session, lines: Sequence[BankLine]) -> Found:
    """Pledges of which exactly this is due: those with a payment due about then come first."""
    alike: dict[tuple[Any, ...], set[int]] = defaultdict(set)
    for at, line in enumerate(lines):
        for currency, minor in _sums(line):
            alike[line.account.fund_id, currency, minor, line.value_on].add(at)
    rows = [(number, *sought) for number, sought in enumerate(alike)]
    asked = _asked(rows, ("at", "fund", "currency", "minor", "day"))
    found: Found = defaultdict(set)
    places = list(alike.values())
    for number, ids in _pairs(session, _DUE_EXACTLY, asked).items():
        for at in places[number]:
            found[at] |= ids
    return found


_DUE_SOON = (
    "EXISTS (SELECT FROM pledge_owed d WHERE d.pledge_id = o.pledge_id"
    " AND d.due_on BETWEEN asked.day - 14 AND asked.day + 14)"
)
_DUE_EXACTLY = text(
    "SELECT asked.at, fits.pledge_id FROM unnest(CAST(:at AS int[]), CAST(:fund AS bigint[]),"  # noqa: S608 - our own words
    "   CAST(:currency AS text[]), CAST(:minor AS bigint[]), CAST(:day AS date[]))"
    "   AS asked(at, fund, currency, minor, day)"
    " CROSS JOIN LATERAL (SELECT o.pledge_id FROM pledge_owed o WHERE o.fund_id = asked.fund"
    "   AND o.currency = asked.currency AND o.minor = asked.minor GROUP BY o.pledge_id"
    f"   ORDER BY NOT {_DUE_SOON}, o.pledge_id LIMIT {ENOUGH}) fits"
)


def _pairs(session: Session, query: Any, asked: dict[str, list[Any]]) -> Found:
    found: Found = defaultdict(set)
    if not asked["at"]:
        return found
    for at, pledge_id in session.execute(query, asked):
        found[at].add(pledge_id)
    return found


def _by_name(
    session: Session, lines: Sequence[BankLine], called: Mapping[int, dict[int, bool]]
) -> Found:
    """Pledges of donors called like the sender of which about so much is due, those first that fit
    best; of donors called exactly so, the first ones whatever is due.
    """
    near = [
        (at, line.account.fund_id, line.value_on, currency, minor, donor_id, exactly)
        for at, line in enumerate(lines)
        for currency, minor in _sums(line)
        for donor_id, exactly in called[at].items()
    ]
    sums = _asked(near, ("at", "fund", "day", "currency", "least", "donor", "same"))
    sums["most"] = [minor + _usual(currency, minor) for *_place, currency, minor, _d, _s in near]
    found = _pairs(session, _NEARLY, sums)
    same = dict.fromkeys((*place, donor) for *place, _minor, donor, exactly in near if exactly)
    names = _asked(list(same), ("at", "fund", "day", "currency", "donor"))
    for at, ids in _pairs(session, _THEIRS, names).items():
        found[at] |= ids
    return found


def _usual(currency: str, minor: int) -> int:
    """What correspondent banks keep at most."""
    least: int = 50 * 10 ** exponent(currency)
    return max(least, minor // 200)


_NEARLY = text(
    "SELECT asked.at, fits.pledge_id FROM (SELECT at, fund, day, currency, least, most,"  # noqa: S608 - our own words
    "   array_agg(donor) AS donors, array_agg(donor) FILTER (WHERE same) AS called_so FROM unnest("
    "   CAST(:at AS int[]), CAST(:fund AS bigint[]), CAST(:day AS date[]),"
    "   CAST(:currency AS text[]), CAST(:least AS bigint[]), CAST(:most AS bigint[]),"
    "   CAST(:donor AS bigint[]), CAST(:same AS bool[]))"
    "   AS one(at, fund, day, currency, least, most, donor, same) GROUP BY 1, 2, 3, 4, 5, 6) asked"
    " CROSS JOIN LATERAL (SELECT o.pledge_id FROM pledge_owed o"
    "   WHERE o.donor_id = ANY(asked.donors) AND o.fund_id = asked.fund"
    "   AND o.currency = asked.currency AND o.minor BETWEEN asked.least AND asked.most"
    "   GROUP BY o.pledge_id, o.donor_id ORDER BY min(CASE o.minor WHEN asked.least THEN 0 ELSE"
    f"     {FULL_SUM - NEARLY} END) + CASE WHEN o.donor_id = ANY(asked.called_so) THEN 0 ELSE"
    f"     {SAME_NAME - LIKE_NAME} END + CASE WHEN {_DUE_SOON} THEN 0 ELSE {DUE_SOON} END,"
    f"   o.pledge_id LIMIT {ENOUGH}) fits"
)
_THEIRS = text(
    "SELECT asked.at, fits.pledge_id FROM (SELECT at, fund, currency, day,"  # noqa: S608 - our own words
    "   array_agg(donor) AS donors FROM unnest(CAST(:at AS int[]), CAST(:fund AS bigint[]),"
    "   CAST(:currency AS text[]), CAST(:day AS date[]), CAST(:donor AS bigint[]))"
    "   AS one(at, fund, currency, day, donor) GROUP BY 1, 2, 3, 4) asked"
    " CROSS JOIN LATERAL (SELECT o.pledge_id FROM pledge_owed o"
    "   WHERE o.donor_id = ANY(asked.donors) AND o.fund_id = asked.fund"
    "   AND o.currency = asked.currency GROUP BY o.pledge_id"
    f"   ORDER BY NOT {_DUE_SOON}, o.pledge_id LIMIT {ENOUGH}) fits"
)
