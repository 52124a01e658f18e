"""A small application that shows nothing but the gallery: no database, no signing in."""

from collections.abc import Iterator

import pytest
from flask import Flask, g, request
from flask_wtf import CSRFProtect

from grants.kernel.language import use_language
from grants.web import gallery, ui


@pytest.fixture
def bare_app() -> Flask:
    """The look without the house: ?language= speaks any language, pseudo ones too."""
    app = Flask("grants", root_path=str(gallery.FOLDER), template_folder="../templates")
    app.config.update(SECRET_KEY="for tests only", TESTING=True)
    CSRFProtect(app)
    ui.install(app)
    gallery.register(app)
    app.jinja_env.globals.update(gallery.FRAME)

    @app.before_request
    def speak() -> None:
        g.speaking = use_language(request.args.get("language", "en"))
        g.speaking.__enter__()

    @app.teardown_request
    def fall_silent(_error: BaseException | None) -> None:
        if speaking := g.pop("speaking", None):
            speaking.__exit__(None, None, None)

    return app


@pytest.fixture
def posted(bare_app: Flask) -> Iterator[None]:
    """Forms may be made: there is a request, and it is a GET."""
    bare_app.config["WTF_CSRF_ENABLED"] = False
    with bare_app.test_request_context("/gallery"):
        yield
