"""Forms and pages without the house behind them."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.platform.web.bare import make_bare_app


@pytest.fixture
def bare_app() -> Flask:
    return make_bare_app()


@pytest.fixture
def posted(bare_app: Flask) -> Iterator[None]:
    """Forms may be made: there is a request, and it is a GET."""
    bare_app.config["WTF_CSRF_ENABLED"] = False
    with bare_app.test_request_context("/gallery"):
        yield
