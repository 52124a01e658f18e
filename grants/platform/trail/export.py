"""The trail as JSON lines, so that another person can check its chain (docs/check_trail.py)."""

import json
from typing import TextIO

from sqlalchemy.orm import Session

from grants.core.audit import chain


def write_rows(session: Session, out: TextIO) -> int:
    """Write one line for each row of the chain, the oldest first; how many there were.

    A line is the row's canonical text with `hash` added, so its keys are sorted and its times are
    in UTC with microseconds.
    """
    number = 0
    for link in chain.links(session):
        facts = json.loads(chain.canonical_link(link))
        out.write(_line_of({**facts, "hash": link["hash"]}))
        number += 1
    return number


def _line_of(facts: dict[str, object]) -> str:
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
