"""The trail as JSON lines, so that another person can check its chain (docs/check_trail.py)."""

import json
from collections.abc import Mapping
from typing import Any, TextIO

from sqlalchemy.orm import Session

from grants.core.audit import chain


def write_rows(session: Session, out: TextIO) -> int:
    """Write one line for each row of the chain, the oldest first; how many there were.

    A line is the row's canonical text with `hash` added, so its keys are sorted and its times are
    in UTC with microseconds.
    """
    number = 0
    for link in chain.links(session):
        out.write(line_of(link))
        number += 1
    return number


def line_of(link: Mapping[str, Any], **more: object) -> str:
    """The line of one row of the chain, with more beside what its hash is of."""
    facts = {**json.loads(chain.canonical_link(link)), "hash": link["hash"], **more}
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
