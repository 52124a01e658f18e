"""The application in a process of its own, for tests that kill it: PORT DATA_DIR DATABASE_URL."""

import sys
from pathlib import Path

from sqlalchemy import create_engine
from werkzeug.serving import make_server

from grants import create_app
from grants.config import Settings
from grants.core.database.db import Database


def main(port: str, folder: str, address: str) -> None:
    settings = Settings(
        data_dir=Path(folder), base_url="http://localhost", secret_key="browser tests"
    )
    app = create_app(settings, Database(create_engine(address)))
    make_server("127.0.0.1", int(port), app, threaded=True).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
