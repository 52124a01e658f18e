"""A small application that shows nothing but the gallery: no database, no signing in."""

from pathlib import Path

from flask import Flask, Response, g, request
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect

import grants
from grants.core.kernel.language import use_language
from grants.platform.layout import gallery, ui
from grants.platform.web import headers, static


def make_bare_app() -> Flask:
    """The look without the house: ?language= speaks any language, pseudo ones too."""
    app = Flask(
        "grants", root_path=str(Path(grants.__file__).parent), template_folder="../templates"
    )
    app.config.update(SECRET_KEY="for tests only", TESTING=True)
    CSRFProtect(app)
    ui.install(app)
    static.install(app)
    gallery.register(app)
    app.jinja_env.globals.update(gallery.FRAME)
    app.extensions["saved"] = []

    @app.before_request
    def speak() -> None:
        g.speaking = use_language(request.args.get("language", "en"))
        g.speaking.__enter__()

    @app.teardown_request
    def hide_server_name(_error: BaseException | None) -> None:
        if speaking := g.pop("speaking", None):
            speaking.__exit__(None, None, None)

    @app.after_request
    def harden(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = headers.POLICY
        return response

    @app.post("/gallery/autosave")
    def autosave() -> ResponseReturnValue:
        """Keep what is posted where a test can see it, and name the next version."""
        app.extensions["saved"].append(request.form.to_dict())
        if "answer" in app.extensions:
            return "", app.extensions["answer"]
        return {"version": str(int(request.form["version"]) + 1)}

    return app
