"""How many pages a second visitors get from two processors, each page of the sitemap in turn.

A demonstration of its own is served, as `make run` serves it; server and visitors share the two
processors. Twelve visitors ask again as soon as the whole answer is there, over connections that
stay open. Ends with an error below 100 a second, or where a page fails. Let the machine be quiet.

    python -m bench.public [--seconds 20] [--site http://localhost:5000]
"""

import argparse
import http.client
import os
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle, islice
from threading import Thread
from urllib.parse import urlsplit

import requests

from bench._demonstration import demonstration
from bench._stand import show
from bench.deadline import percentile

PROCESSORS, VISITORS, LEAST = 2, 12, 100
PATIENCE = 30
"""Seconds that a visitor waits."""


@contextmanager
def two_processors() -> Iterator[None]:
    """This program and what it starts use so many processors of the machine at most."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(sorted(before)[:PROCESSORS]))
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def paths_of(site: str) -> list[str]:
    """Every page of the sitemap, asked for once: what comes first after a start is not measured."""
    listed = re.findall(r"<loc>https?://[^/]+([^<]*)</loc>", _get(site, "/sitemap.xml"))
    for path in listed:
        _get(site, path)
    return listed


def _get(site: str, path: str) -> str:
    answer = requests.get(f"{site}{path}", timeout=PATIENCE)
    if not answer.ok:
        sys.exit(f"{path} answers {answer.status_code}.")
    return answer.text


class Visits:
    """What visitors got: milliseconds by kind of page, and what failed."""

    def __init__(self, site: str, paths: Sequence[str], seconds: float) -> None:
        self.address, self.paths = urlsplit(site), paths
        self.until = time.monotonic() + seconds
        self.taken: dict[str, list[float]] = defaultdict(list)
        self.failed: dict[str, int] = defaultdict(int)

    def visit(self, place: int) -> None:
        """One visitor, who begins at this place of the list."""
        assert self.address.hostname
        line = http.client.HTTPConnection(
            self.address.hostname, self.address.port or 80, timeout=PATIENCE
        )
        start = place * len(self.paths) // VISITORS
        for path in islice(cycle(self.paths), start, None):
            began = time.monotonic()
            if began > self.until:
                break
            try:
                line.request("GET", path, headers={"Accept-Encoding": "gzip"})
                answer = line.getresponse()
                answer.read()
                status = answer.status
            except (OSError, http.client.HTTPException):
                line.close()
                status = 0
            if status == 200:
                self.taken[kind_of(path)].append((time.monotonic() - began) * 1000)
            else:
                self.failed[f"{path}: {status}"] += 1
        line.close()


def kind_of(path: str) -> str:
    """Pages of one shape as one line of the table: without the code of the fund and the record."""
    parts = path.strip("/").split("/")
    for place in (1, 3):
        if len(parts) > place:
            parts[place] = "…"
    return "/" + "/".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--site", help="a running installation; without it one is started")
    asked = parser.parse_args()
    with two_processors(), demonstration(asked.site) as site:
        visits = Visits(site, paths_of(site), asked.seconds)
        visits.until = time.monotonic() + asked.seconds
        visitors = [Thread(target=visits.visit, args=(place,)) for place in range(VISITORS)]
        began = time.monotonic()
        for visitor in visitors:
            visitor.start()
        for visitor in visitors:
            visitor.join()
        rate = sum(map(len, visits.taken.values())) / (time.monotonic() - began)
    kinds = {**visits.taken, "all": [ms for taken in visits.taken.values() for ms in taken]}
    rows = [
        [kind, str(len(taken)), *(percentile(sorted(taken), share) for share in (0.5, 0.95, 0.99))]
        for kind, taken in sorted(kinds.items())
    ]
    heads = ["page", "answered", "p50 ms", "p95 ms", "p99 ms"]
    show(f"{VISITORS} visitors, {PROCESSORS} processors", heads, rows)
    passed = rate >= LEAST and not visits.failed
    print(f"  {rate:.0f} a second of {LEAST}; failed: {dict(visits.failed) or 'none'}")
    print("  PASS" if passed else "  FAIL")
    sys.exit(not passed)


if __name__ == "__main__":
    main()
