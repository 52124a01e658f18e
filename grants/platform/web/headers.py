"""Security headers of every answer, and the languages of a request."""

from contextlib import ExitStack

from flask import Flask, Response, current_app, g, request
from flask import session as cookie
from flask_login import current_user
from sqlalchemy.exc import DBAPIError

from grants.core.funds.house import follow_funds
from grants.core.kernel.language import LANGUAGES, offered, use_language
from grants.platform.web.access import viewer
from grants.platform.web.database import session

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


def install(app: Flask) -> None:
    @app.before_request
    def speak() -> None:
        if request.endpoint != "static" and not app.testing:
            _keep_up()
        g.speaking = ExitStack()
        g.speaking.enter_context(use_language(_language()))

    @app.after_request
    def harden(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.endpoint != "static":
            response.headers.setdefault(
                "Cache-Control", "no-store" if current_user.is_authenticated else "no-cache"
            )
        return response

    @app.teardown_request
    def hide_server_name(_error: BaseException | None) -> None:
        speaking = g.pop("speaking", None)
        if speaking is not None:
            speaking.close()


HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def _keep_up() -> None:
    """Follow what was changed of the funds. Without a database, go on with what is known."""
    try:
        follow_funds(session())
    except DBAPIError:
        session().rollback()


def _language() -> str:
    """Chosen on this browser, else the person's own, else what the browser asks for.

    A link with `?language=ar` chooses; it is kept in the cookie.
    """
    asked = request.args.get("language")
    if asked in (LANGUAGES if current_app.testing else offered()):
        cookie["language"] = asked
    chosen = cookie.get("language") or (
        viewer().language if current_user.is_authenticated else None
    )
    if chosen in (LANGUAGES if current_app.testing else offered()):
        return str(chosen)
    return request.accept_languages.best_match(offered()) or "en"
