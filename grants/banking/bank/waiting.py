"""Which pledges a line of the bank could be money on: by reference, amount and name.

Each of the three is asked of an index, so that no open pledge is left out however many there are;
how well each fits is reckoned by `scoring` afterwards. A pledge that is paid is found only by the
reference that a line quotes.

Which they are and what is still to come on each is one question, so that both are of one moment: a
pledge that is paid meanwhile hides no other one. Nor does one whose kept figures are out of date:
every such pledge is looked at, and none counts among the first ones that are asked for.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, BigInteger, column, func, select, text
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from grants.banking.bank.scoring import (
    DUE_SOON,
    ENDING,
    FULL_SUM,
    LIKE_NAME,
    NEARLY,
    SAME_NAME,
    WORTH_SHOWING,
    Owed,
    bare,
    fit,
    quoted_in,
    slip_keys,
    slips,
)
from grants.banking.bank.senders import called_like
from grants.banking.bank.stated import Stated
from grants.core.kernel.money import Money, exponent
from grants.core.people.models import Organisation
from grants.giving.pledges.models import Pledge, PledgeInstalment
from grants.giving.pledges.queries import received_so_far
from grants.giving.pledges.schedule import Due, covered
from grants.giving.pledges.workflow import STANDING


class OpenPledge(NamedTuple):
    """A pledge in force: what is promised, and what came of it, in minor units."""

    id: int
    reference: str
    fund_id: int
    currency: str
    standing: int
    came: int
    donor: str | None
    names: tuple[str, ...]
    due_on: tuple[date, ...]
    dues: tuple[int, ...]
    """The payments that are promised, in their order."""

    @property
    def owed(self) -> Owed:
        """What is still to come on it."""
        came = Money(self.came, self.currency)
        left = Money(max(self.standing - self.came, 0), self.currency)
        plan = (
            Due(day, Money(minor, self.currency))
            for day, minor in zip(self.due_on, self.dues, strict=True)
        )
        return Owed(self.reference, self.names, left, tuple(covered(plan, came)) if left else ())


Asked = dict[tuple[Any, ...], set[int]]
"""What is asked for → the places of the lines that ask for it."""


def open_pledges(
    session: Session, lines: Sequence[Stated], enough: int = 8
) -> list[tuple[OpenPledge, ...]]:
    """The pledges worth a look for each line, the oldest first, in a handful of questions for all
    of them. `enough`: of those that fit by amount alone, or by name alone, so many, the first ones
    first.
    """
    called = called_like(session, {line.counterparty for line in lines})
    amounts, names = _amounts(lines), _names(lines, called)
    meant = _mistyped(session, lines)
    every = [set(range(len(lines))), *amounts.values(), *names.values(), *meant.values()]
    numbers = iter(range(1, len(every)))
    donors = [(name, donor, same) for name, own in called.items() for donor, same in own.items()]
    asked = {
        "endings": list(set().union(*(quoted_in(line.texts).endings for line in lines))),
        **_numbered(amounts, numbers, ("a_fund", "a_currency", "a_minor", "a_day"), "a_number"),
        **_numbered(names, numbers, ("sender", "fund", "day", "currency", "least", "most"), "at"),
        **_numbered(meant, numbers, ("meant",), "meant_at"),
        **_columns(donors, ("called", "donor", "same")),
        "enough": enough,
    }
    found: list[list[OpenPledge]] = [[] for _line in lines]
    for numbers_of, names_of, *facts in session.execute(_FOUND, asked):
        pledge = _read(facts, names_of)
        for at in _places(pledge, numbers_of, every, lines):
            if pledge.fund_id == lines[at].fund_id:
                found[at].append(pledge)
    return [tuple(sorted(pledges)) for pledges in found]


def _read(facts: Sequence[Any], names: Sequence[str] | None) -> OpenPledge:
    *own, donor, days, dues = facts
    known = () if donor is None else (donor, *(names or ()))
    return OpenPledge._make((*own, donor, known, tuple(days or ()), tuple(dues or ())))


def _places(
    pledge: OpenPledge,
    numbers: Sequence[int | None],
    every: Sequence[Collection[int]],
    lines: Sequence[Stated],
) -> set[int]:
    """The lines for which a pledge was found, from the numbers of what was asked for."""
    places = set[int]().union(*(every[number] for number in numbers if number))
    if 0 in numbers:  # out of date: it is looked for by nothing that is kept
        places.update(at for at, line in enumerate(lines) if _is_worth_it(line, pledge))
    if None in numbers:
        ending = bare(pledge.reference)[-ENDING:]
        places.update(
            at for at, line in enumerate(lines) if ending in quoted_in(line.texts).endings
        )
    return places


def _is_worth_it(line: Stated, pledge: OpenPledge) -> bool:
    seen = line.seen_in(pledge.currency)
    return seen is not None and fit(seen, pledge.owed).score >= WORTH_SHOWING


def _numbered(
    asked: Asked, numbers: Iterator[int], names: Sequence[str], number: str
) -> dict[str, list[Any]]:
    rows = [(*key, next(numbers)) for key in asked]
    return _columns(rows, (*names, number))


def _columns(rows: Collection[tuple[Any, ...]], names: Sequence[str]) -> dict[str, list[Any]]:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return {name: list(column_) for name, column_ in zip(names, columns, strict=True)}


def _amounts(lines: Sequence[Stated]) -> Asked:
    """Pledges of which exactly this is due: those with a payment due about then come first."""
    alike: Asked = defaultdict(set)
    for at, line in enumerate(lines):
        for currency, minor in line.sums():
            alike[line.fund_id, currency, minor, line.value_on].add(at)
    return alike


def _names(lines: Sequence[Stated], called: Mapping[str, dict[int, bool]]) -> Asked:
    """Pledges of donors called like the sender of which about so much is due, those first that fit
    best; of donors called exactly so, the first ones whatever is due.
    """
    alike: Asked = defaultdict(set)
    for at, line in enumerate(lines):
        if called[line.counterparty]:
            for currency, minor in line.sums():
                place = line.counterparty, line.fund_id, line.value_on
                alike[*place, currency, minor, minor + _usual(currency, minor)].add(at)
    return alike


def _usual(currency: str, minor: int) -> int:
    """What correspondent banks keep at most."""
    least: int = 50 * 10 ** exponent(currency)
    return max(least, minor // 200)


def _mistyped(session: Session, lines: Sequence[Stated]) -> Asked:
    """Open pledges from whose reference a word is one or two characters away."""
    words: dict[str, set[int]] = defaultdict(set)
    for at, line in enumerate(lines):
        for word in quoted_in(line.texts).wanted:
            words[word].add(at)
    meant: Asked = defaultdict(set)
    if words:
        keys = sorted(set().union(*map(slip_keys, words)))
        open_ = {row.reference: row.id for row in session.execute(_SLIPPED_SO, {"keys": keys})}
        for word, places in words.items():
            for reference in slips(word, open_):
                meant[open_[reference],] |= places
    return meant


_SLIPPED_SO = text(
    "SELECT reference, id FROM pledge"
    " WHERE reference_slips(reference) && CAST(:keys AS text[])"
    # a few, which PostgreSQL expects to be thousands: each is looked up, not all that is owed read
    "   AND (SELECT true FROM pledge_owed WHERE pledge_id = pledge.id LIMIT 1)"
)

_KEPT = "pledge_id NOT IN (SELECT pledge_id FROM out_of_date)"
_DUE_EXACTLY = (
    "SELECT fits.pledge_id, asked.number FROM unnest(CAST(:a_fund AS bigint[]),"  # noqa: S608 - our own words
    "   CAST(:a_currency AS text[]), CAST(:a_minor AS bigint[]), CAST(:a_day AS date[]),"
    "   CAST(:a_number AS int[])) AS asked(fund, currency, minor, day, number)"
    " CROSS JOIN LATERAL ((SELECT DISTINCT pledge_id FROM pledge_owed"
    "     WHERE (fund_id, currency, minor) = (asked.fund, asked.currency, asked.minor)"
    f"    AND due_on BETWEEN asked.day - 14 AND asked.day + 14 AND {_KEPT}"
    "     ORDER BY pledge_id LIMIT :enough)"
    "   UNION (SELECT DISTINCT pledge_id FROM pledge_owed"
    "     WHERE (fund_id, currency, minor) = (asked.fund, asked.currency, asked.minor)"
    f"    AND {_KEPT} ORDER BY pledge_id LIMIT :enough)) fits"
)
_THEIRS = (
    "SELECT fits.pledge_id, asked.number FROM unnest(CAST(:sender AS text[]),"  # noqa: S608 - our own words
    "   CAST(:fund AS bigint[]), CAST(:day AS date[]), CAST(:currency AS text[]),"
    "   CAST(:least AS bigint[]), CAST(:most AS bigint[]), CAST(:at AS int[]))"
    "   AS asked(sender, fund, day, currency, least, most, number)"
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
    f"    AND o.currency = asked.currency AND {_KEPT} GROUP BY o.pledge_id, o.donor_id)"
    "   (SELECT pledge_id FROM theirs WHERE less IS NOT NULL ORDER BY less"
    f"    + CASE WHEN same THEN 0 ELSE {SAME_NAME - LIKE_NAME} END"
    f"    + CASE WHEN soon THEN 0 ELSE {DUE_SOON} END, pledge_id LIMIT :enough)"
    "   UNION (SELECT pledge_id FROM theirs WHERE same"
    "     ORDER BY NOT soon, pledge_id LIMIT :enough)) fits"
)
_NUMBERS = text(
    "WITH out_of_date AS MATERIALIZED (SELECT DISTINCT pledge_id FROM pledge_stale)"  # noqa: S608 - our own words
    " SELECT pledge_id, array_agg(DISTINCT number) AS numbers FROM ("
    "   SELECT pledge_id, 0 AS number FROM out_of_date"
    "   UNION ALL SELECT id, NULL FROM pledge"
    "     WHERE right(regexp_replace(upper(reference), '[^A-Z0-9]', '', 'g'), 8)"
    "     = ANY(CAST(:endings AS text[]))"
    "   UNION ALL SELECT * FROM unnest(CAST(:meant AS bigint[]), CAST(:meant_at AS int[]))"
    f"  UNION ALL {_DUE_EXACTLY} UNION ALL {_THEIRS}) one GROUP BY pledge_id"
).columns(column("pledge_id", BigInteger), column("numbers", ARRAY(BigInteger)))


def _plan(of: Any) -> Any:
    """A column of the payments that are promised now, in their order."""
    in_order = aggregate_order_by(of, PledgeInstalment.number)
    return (
        select(func.array_agg(in_order))
        .where(PledgeInstalment.pledge_id == Pledge.id)
        .where(PledgeInstalment.revision == Pledge.revision)
        .correlate(Pledge)
        .scalar_subquery()
    )


def _found() -> Any:
    found = _NUMBERS.cte("found")
    return (
        select(
            *(found.c.numbers, Organisation.other_names),
            *(Pledge.id, Pledge.reference, Pledge.fund_id, Pledge.currency),
            *(Pledge.amount_minor - Pledge.given_up_minor, received_so_far(), Organisation.name),
            *(_plan(PledgeInstalment.due_on), _plan(PledgeInstalment.amount_minor)),
        )
        .join(found, found.c.pledge_id == Pledge.id)
        .outerjoin(Organisation, Organisation.id == Pledge.donor_id)
        .where(Pledge.state.in_(STANDING))
    )


_FOUND = _found()
