"""Lighthouse on the public pages of a demonstration, served as `make run` serves it.

Needs npm and a Chromium; the first run installs Lighthouse, in a folder of its own. Ends with an
error where a page has less than 95 of 100 in any of the four categories. docs/speed.md keeps a run
of it.

    python -m bench.lighthouse [--site http://localhost:5000]
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator

import requests

from bench._demonstration import demonstration
from bench._served import ROOT
from bench._stand import show
from grants.machine import chromium

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LEAST = 95
PACKAGE = "lighthouse@12.8.2"
PLACE = ROOT / ".lighthouse"
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
    """The program, installed where it is not yet: apart from the packages of the product."""
    program = PLACE / "node_modules/.bin/lighthouse"
    if not program.exists():
        npm = shutil.which("npm") or sys.exit("Lighthouse is installed with npm: install Node.js.")
        print(f"Installing {PACKAGE}. This takes about a minute.", file=sys.stderr)
        PLACE.mkdir(exist_ok=True)
        options = ("--prefix", str(PLACE), "--no-save", "--no-audit", "--no-fund", "--silent")
        subprocess.run([npm, "install", *options, PACKAGE], check=True)
    return str(program)


def pages_of(site: str) -> Iterator[str]:
    """A page of each kind, by the sitemap."""
    sitemap = requests.get(f"{site}/sitemap.xml", timeout=30)
    listed = re.findall(r"<loc>https?://[^/]+([^<]*)</loc>", sitemap.text)
    for kind in KINDS:
        found = next((path for path in listed if re.fullmatch(kind, path)), None)
        if found is None:
            sys.exit(f"The sitemap of {site} has no page like {kind}.")
        requests.get(f"{site}{found}", timeout=30)  # what is drawn once after a start is drawn
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
    parser.add_argument("--site", help="a running installation; without it one is started")
    asked, program = parser.parse_args(), lighthouse()
    with demonstration(asked.site) as site:
        scores = {page: scores_of(program, f"{site}{page}") for page in pages_of(site)}
    rows = [[page, *map(str, found)] for page, found in scores.items()]
    show("Lighthouse, of 100", ["page", *CATEGORIES], rows)
    if any(score < LEAST for found in scores.values() for score in found):
        sys.exit(f"A page has less than {LEAST}.")


if __name__ == "__main__":
    main()
