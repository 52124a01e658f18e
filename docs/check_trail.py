"""Check the chain of a trail that `flask trail export FILE` wrote: `python3 check_trail.py FILE`.

For auditors: it needs nothing but Python, and none of the software whose trail it checks. Exit 0
and one line, or 1 and a line for each breach. With `--anchor ANCHOR.json` (repeatable) it also
compares the heads that were kept outside the database; their signatures can be checked with any
tool for Ed25519, since each anchor holds its public key.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

START = "0" * 64


def digest(row: Mapping[str, Any]) -> str:
    """SHA-256 of a row's canonical JSON without its own hash and its position."""
    told = {key: value for key, value in row.items() if key not in {"hash", "position"}}
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def breaches(lines: Iterator[str], anchors: dict[int, str]) -> Iterator[str]:
    """A sentence for each row that does not fit the one before it, itself or an anchor."""
    previous, number = START, 0
    for number, line in enumerate(lines, 1):
        row = json.loads(line)
        if row["previous"] != previous:
            yield f"row {number} does not follow the row before it"
        if digest(row) != row["hash"]:
            yield f"row {number} was changed"
        previous = row["hash"]
        if anchors.pop(number, previous) != previous:
            yield f"row {number} is not what was anchored"
    for rows in sorted(anchors):
        if rows:
            yield f"{rows} rows were anchored, but only {number} are here"


def main() -> int:
    """Read the files that are named and print what is found."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("file")
    asked.add_argument("--anchor", action="append", default=[])
    given = asked.parse_args()
    anchors = {}
    for path in given.anchor:
        told = json.loads(Path(path).read_text("utf-8"))
        anchors[told["rows"]] = told["hash"]
    with Path(given.file).open(encoding="utf-8") as lines:
        found = list(breaches(iter(lines), anchors))
    print("\n".join(found) or "the chain is whole")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
