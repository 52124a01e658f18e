"""The database is opened once, also if the first requests of a process come at the same time."""

import time
from threading import Barrier, Thread

from flask import Flask

from grants.core.database.db import Database
from grants.platform.web import database as web_database

AT_ONCE = 4


def test_of_many_first_requests_one_opens_the_database(database: Database) -> None:
    app, opened, found = Flask("grants"), [], []
    together = Barrier(AT_ONCE)

    def open_slowly() -> Database:
        opened.append(True)
        time.sleep(0.05)
        return database

    def ask() -> None:
        together.wait(5)
        with app.app_context():
            found.append(web_database.database())

    web_database.install(app, open_slowly)
    asking = [Thread(target=ask) for _request in range(AT_ONCE)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert found == [database] * AT_ONCE
    assert len(opened) == 1
