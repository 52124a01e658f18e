"""Security headers of every answer, and the languages of a request."""

from collections.abc import Collection
from contextlib import ExitStack

from flask import Flask, Response, current_app, g, request
from flask import session as cookie
from sqlalchemy.exc import DBAPIError

from grants.core.funds.house import follow_funds
from grants.core.kernel.language import LANGUAGES, current_language, offered, use_language
from grants.core.kernel.reading import READ, preferring
from grants.platform.web.access import arriving
from grants.platform.web.database import session

REPORTS = "/csp-report"


def policy(*hosts: str) -> str:
    """What browsers refuse; `hosts` are other sites to which a form of the page may lead."""
    targets = " ".join(("'self'", *hosts))
    return (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        f"form-action {targets}; frame-ancestors 'none'; report-uri {REPORTS}; report-to csp"
    )


POLICY = policy()
UNUSED = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
)
"""What of a person's device no page asks for."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Reporting-Endpoints": f'csp="{REPORTS}"',
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in UNUSED),
}
IN_PRODUCTION = {"Strict-Transport-Security": "max-age=31536000"}
"""A browser that has been here once asks by TLS only, for a year."""

MONITORED = frozenset({"health.healthz", "health.readyz", "health.csp_report"})
"""What machines ask for: answered without a session, a language or a cookie."""
WITHOUT_DATABASE = MONITORED | {"static"}


def install(app: Flask, *, production: bool) -> None:
    always = {**HEADERS, **(IN_PRODUCTION if production else {})}

    app.before_request(_speak_language)

    @app.after_request
    def harden(response: Response) -> Response:
        heads = response.headers
        names = {name.lower() for name in heads.keys()}  # noqa: SIM118 - pairs without it
        heads.extend((name, value) for name, value in always.items() if name.lower() not in names)
        if "cache-control" not in names and (caching := _caching_of()):
            heads.add("Cache-Control", caching)
        if response.mimetype == "text/html":
            response.vary.add("Accept-Language")
        return response

    @app.teardown_request
    def fall_silent(_error: BaseException | None) -> None:
        speaking = g.pop("speaking", None)
        if speaking is not None:
            speaking.close()


def _speak_language() -> None:
    """Speak the reader's language until the answer has left."""
    g.speaking = ExitStack()
    if request.endpoint in WITHOUT_DATABASE:
        return
    if not current_app.testing:
        _keep_up()
    g.speaking.enter_context(use_language(_language_of()))
    g.speaking.enter_context(preferring(_preferred_languages()))


def _caching_of() -> str:
    """What may be kept of this answer; empty for a file of the static folder, which says itself."""
    if request.endpoint == "static":
        return ""
    if request.endpoint in MONITORED or arriving():
        return "no-store"
    return "no-cache"


def _keep_up() -> None:
    """Follow what was changed of the funds. Without a database, go on with what is known."""
    try:
        follow_funds(session())
    except DBAPIError:
        session().rollback()


def _language_of() -> str:
    """Chosen on this browser, else the person's own, else what the browser asks for.

    A link with `?language=ar` chooses; it is kept in the cookie.
    """
    choice = request.args.get("language")
    if choice in can_be_spoken():
        cookie["language"] = choice
        cookie.pop("read", None)
    browser = arriving()
    chosen = cookie.get("language") or (browser.viewer.language if browser else None)
    if chosen in can_be_spoken():
        return str(chosen)
    return request.accept_languages.best_match(offered()) or "en"


def can_be_spoken() -> Collection[str]:
    """The languages that a page can be asked for in; under test those that mark what is translated
    too.
    """
    return LANGUAGES if current_app.testing else offered()


def _preferred_languages() -> list[str]:
    """In which languages texts are read that are there in several: as chosen on a page of them with
    `?read=fr`, else in that of the page if it was chosen, else as the browser asks for.
    """
    if (choice := request.args.get("read")) in READ:
        cookie["read"] = choice
    spoken = current_language().code
    chosen = (cookie.get("read"), cookie.get("language"), spoken if spoken != "en" else None)
    return [*filter(None, chosen), *(code for code, _quality in request.accept_languages)]
