"""A demonstration that is served as `make run` serves it, in a folder that goes afterwards."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench._served import SECRET, Host, free_port


@contextmanager
def demonstration(site: str | None = None) -> Iterator[str]:
    """The address of a running installation: the one that is named, or one that is started here."""
    if site:
        yield site.rstrip("/")
        return
    with tempfile.TemporaryDirectory() as folder:
        host = Host(Path(folder) / "data", free_port())
        host.shared = {"SECRET_KEY": SECRET, "BASE_URL": f"http://localhost:{host.port}"}
        host.run("setup")
        host.run("demo")
        host.start()
        try:
            host.until_ready()
            yield host.shared["BASE_URL"]
        finally:
            host.stop()
