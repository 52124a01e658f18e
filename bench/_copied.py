"""What of the demonstration is copied, table by table, and in which columns a copy differs.

A copy's keys are moved by a fixed step, so that what belonged together in the demonstration belongs
together in each copy.
"""

from collections.abc import Mapping
from dataclasses import dataclass

STEP = 1_000_000
"""A copy's keys are those of the demonstration and so many more."""


@dataclass(frozen=True, slots=True)
class Copies:
    """How many copies of what the demonstration holds."""

    organisations: int = 310
    """The copies of the rest are spread over them."""
    given: int = 1450
    """Of the pledges with their deposits, entries and bank lines."""
    awarded: int = 110
    """Of the awards, less than one for each copy of the organisations."""
    applied: int = 10_100
    """Of the applications."""


ENTRIES = "o.subject LIKE 'pledge:%%' OR o.event = 'unidentified_received'"
AWARDS = "o.subject LIKE 'award:%%'"
SUBJECT = "split_part(o.subject, ':', 1) || ':' || (split_part(o.subject, ':', 2)::bigint + k)"

Changes = dict[str, str]
"""Column → what stands in it in a copy: `o` is the original row, `k` the copy's step."""


def moved(*columns: str) -> Changes:
    """Keys that move with the copy."""
    return {column: f"o.{column} + k" for column in columns}


def renamed(*columns: str) -> Changes:
    """Texts that are unique."""
    return {column: f"o.{column} || '.' || k / {STEP}" for column in columns}


SPREAD = "current_setting('bench.organisations')::bigint"
DONOR = f"(1 + mod(k / {STEP}, {SPREAD})) * {STEP}"
"""The step of the copy of an organisation to which a copy of something else belongs."""

ORGANISATIONS: Mapping[str, Changes] = {
    "organisation": moved("id") | renamed("code", "name"),
    "donor": moved("organisation_id"),
    "donor_contact": moved("id", "organisation_id"),
}
PLEDGES: Mapping[str, Changes] = {
    "pledge": moved("id") | renamed("reference", "key") | {"donor_id": f"o.donor_id + {DONOR}"},
    "pledge_instalment": moved("pledge_id"),
    "pledge_change": moved("id", "pledge_id"),
    "deposit": moved("id", "pledge_id") | renamed("bank_reference"),
    "entry": moved("id", "reverses_id")
    | {"subject": SUBJECT, "key": f"o.key || '.' || k / {STEP}"},
    "posting": moved("id", "entry_id") | {"subject": SUBJECT},
    "bank_statement": moved("id") | renamed("reference"),
    "bank_line": moved("id", "statement_id") | renamed("bank_reference"),
    "line_match": moved("id", "line_id", "posting_id"),
}
AWARDED_TABLES: Mapping[str, Changes] = {
    "award": moved("id", "application_id")
    | renamed("reference")
    | {"organisation_id": f"o.organisation_id + {DONOR}"},
    "agreement": moved("award_id"),
    "instalment": moved("id", "award_id") | renamed("bank_reference"),
    "budget_line": moved("id", "award_id"),
    "report": moved("id", "award_id"),
    "entry": moved("id", "reverses_id")
    | {"subject": SUBJECT, "key": f"o.key || '.' || k / {STEP}"},
    "posting": moved("id", "entry_id") | {"subject": SUBJECT},
}
CALL = f"(k / {STEP} / {SPREAD}) * {STEP}"
APPLICATIONS: Mapping[str, Changes] = {
    "application": moved("id", "note_id")
    | renamed("reference")
    | {
        "title": f"o.title || ' ' || k / {STEP}",
        "organisation_id": f"o.organisation_id + {DONOR}",
        "call_id": f"o.call_id + {CALL}",
    },
}
TRAIL: Mapping[str, Changes] = {"trail": moved("id", "subject_id")}
ONLY = {
    "donor_contact": "o.left_on IS NULL",
    "pledge": "o.donor_id IS NOT NULL AND o.state <> 'unconfirmed'",
    "pledge_instalment": "o.pledge_id IN (SELECT id FROM pledge WHERE donor_id IS NOT NULL "
    "AND state <> 'unconfirmed')",
    "pledge_change": "o.state <> 'requested'",
    "trail": "o.subject IN ('application', 'submission') AND o.target IS NOT NULL",
}
COPIED = (
    """NOT EXISTS (SELECT FROM line_match m JOIN posting p ON p.id = m.posting_id
    JOIN entry e ON e.id = p.entry_id WHERE m.line_id = {line} AND m.released_at IS NULL
    AND NOT ("""
    + ENTRIES.replace("o.", "e.")
    + "))"
)
"""Only bank lines whose entries are copied, too."""
ONLY |= {
    "bank_line": COPIED.format(line="o.id"),
    "line_match": "o.released_at IS NULL AND " + COPIED.format(line="o.line_id"),
}

RECEIPTS = f"""
    INSERT INTO receipt (id, fund_id, year, number, deposit_id, donor_id, donor_name, issued_on,
        issued_at)
    SELECT o.id + k, o.fund_id, o.year,
        last.number + row_number() OVER (PARTITION BY o.fund_id, o.year ORDER BY k, o.id),
        o.deposit_id + k, o.donor_id + {DONOR}, o.donor_name, o.issued_on, o.issued_at
    FROM receipt o
    CROSS JOIN (SELECT n::bigint * {STEP} AS k FROM generate_series(%s::int, %s::int) n) steps
    JOIN (SELECT fund_id, year, max(number) AS number FROM receipt GROUP BY 1, 2) last
        USING (fund_id, year)
    WHERE o.id < {STEP} ORDER BY o.fund_id, o.year, k, o.id
"""
