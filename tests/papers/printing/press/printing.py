"""A run in a process of its own, for tests that kill it: URL, data folder, folder of the run."""

import sys
from pathlib import Path

from grants.config import Settings
from grants.core.database.db import Database
from grants.core.funds.house import follow_funds
from grants.papers.printing.press.run import Works
from grants.papers.typesetting.installation import prepare_printing
from tests.papers.printing.press.conftest import ORDER

if __name__ == "__main__":
    url, data, out = sys.argv[1:]
    settings = Settings(Path(data), "http://localhost", secret_key="t" * 32, testing=True)
    prepare_printing(settings)
    database = Database.at(url)
    with database.session() as session:
        follow_funds(session, now=True)  # its days are those of the fund
    Works(database, settings, workers=1).run(ORDER, Path(out))
