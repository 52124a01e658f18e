"""Lighthouse on the public pages of a running installation, as `make run` serves it.

Needs `npm install --no-save lighthouse` and a Chromium. Ends with an error where a page has less
than 95 of 100 in any of the four categories. docs/speed.md keeps a run of it.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import requests

from bench._stand import show
from grants.machine import chromium

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LEAST = 95
KINDS = (
    r"/",
    r"/funds/[^/]+",
    r"/funds/[^/]+/grants",
    r"/funds/[^/]+/grants/[^/]+",
    r"/calls/[^/]+",
    r"/calls",
    r"/funds/[^/]+/source-and-use",
    r"/funds/[^/]+/results/\d+",
    r"/funds/[^/]+/donors",
    r"/funds/[^/]+/need",
    r"/funds/[^/]+/data",
    r"/funds/[^/]+/about",
    r"/api",
)
"""One page of each kind is looked at: the first in the sitemap."""
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"


def lighthouse() -> str:
    """The program: of this folder, or on the path."""
    own = Path("node_modules/.bin/lighthouse")
    if program := str(own) if own.exists() else shutil.which("lighthouse"):
        return program
    sys.exit("Lighthouse is not installed: npm install --no-save lighthouse")


def pages_of(site: str) -> Iterator[str]:
    """A page of each kind, by the sitemap."""
    sitemap = requests.get(f"{site}/sitemap.xml", timeout=30)
    listed = re.findall(r"<loc>https?://[^/]+([^<]*)</loc>", sitemap.text)
    for kind in KINDS:
        found = next((path for path in listed if re.fullmatch(kind, path)), None)
        if found is None:
            sys.exit(f"The sitemap of {site} has no page like {kind}.")
        yield found


def scores_of(program: str, address: str) -> list[int]:
    """What Lighthouse gives a page, of 100, with its usual slow phone."""
    options = ("--quiet", "--output=json", f"--only-categories={','.join(CATEGORIES)}")
    answer = subprocess.run(
        [
            "/usr/bin/env",
            f"CHROME_PATH={chromium()}",
            program,
            address,
            *options,
            f"--chrome-flags={FLAGS}",
        ],
        stdout=subprocess.PIPE,
        check=True,
    )
    categories = json.loads(answer.stdout)["categories"]
    return [round(100 * (categories[name]["score"] or 0)) for name in CATEGORIES]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", default="http://localhost:5000")
    site = parser.parse_args().site
    program = lighthouse()
    scores = {page: scores_of(program, f"{site}{page}") for page in pages_of(site)}
    rows = [[page, *map(str, found)] for page, found in scores.items()]
    show("Lighthouse, of 100", ["page", *CATEGORIES], rows)
    if any(score < LEAST for found in scores.values() for score in found):
        sys.exit(f"A page has less than {LEAST}.")


if __name__ == "__main__":
    main()
