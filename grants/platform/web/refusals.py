"""Errors of the fund as answers: only the web layer knows HTTP."""

import errno
from urllib.parse import urlsplit, urlunsplit

import psycopg
from flask import Flask, Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError

from grants.core.database.db import is_away, is_full
from grants.core.kernel.errors import (
    Away,
    Conflict,
    DomainError,
    Forbidden,
    FundError,
    Missing,
    Unfinished,
)
from grants.core.kernel.language import gettext as _
from grants.core.kernel.logs import logger
from grants.platform.web.access import answer_as_to_a_visitor
from grants.platform.web.database import ask_again_if_broken_off
from grants.platform.web.journal import note, request_number

COME_AGAIN = 5
"""Seconds after which it is worth asking again while the database is away."""
MAKE_ROOM = 300
"""The same while a disk is full."""
LOG = logger(__name__)
STATUS: dict[type[FundError], int] = {
    Forbidden: 403,
    Missing: 404,
    Conflict: 409,
    Unfinished: 503,
    DomainError: 422,
}


def install(app: Flask) -> None:
    app.register_error_handler(FundError, _refusal_page)
    app.register_error_handler(StaleDataError, _stale_page)
    app.register_error_handler(DBAPIError, _database_page)
    app.register_error_handler(psycopg.OperationalError, _connection_page)
    app.register_error_handler(OSError, _disk_page)
    app.register_error_handler(HTTPException, refused)
    app.register_error_handler(SecurityError, _foreign_host)


def _error_page(status: int, title: str, message: str) -> ResponseReturnValue:
    if saves_itself():
        return jsonify(message=message), status
    if status >= 500:
        answer_as_to_a_visitor()
    page = render_template(
        "layout/error.html",
        title=title,
        message=message,
        before=_page_before(),
        typed=_typed_texts(),
        number=request_number(),
    )
    return page, status


def _foreign_host(_error: SecurityError) -> ResponseReturnValue:
    """Asked for under a name that is not ours: no page, since its links would lead there."""
    message = _("This address does not belong to this service.")
    return Response(f"{message}\n", 400, mimetype="text/plain")


def saves_itself() -> bool:
    """Is this a script of ours that saves a form while a person writes it?"""
    return "X-Autosave" in request.headers


def _typed_texts() -> list[str]:
    """What a person wrote on the form that is refused, to copy it from the page: texts of several
    words, never a passphrase. What the page itself put on the form has no words.
    """
    if request.method != "POST" or isinstance(request.routing_exception, HTTPException):
        return []
    try:
        filled = [*request.form.items(multi=True)]
    except HTTPException:  # it cannot be read at all
        return []
    return [text for name, text in filled if " " in text.strip() and "passphrase" not in name]


def _page_before() -> str:
    """The page of ours whose button was pressed: to look at it as it is now."""
    before = urlsplit(request.referrer or "")
    if request.method != "POST" or before.netloc != request.host:
        return ""
    return urlunsplit(("", "", f"/{before.path.lstrip('/')}", before.query, ""))


def _title_for(status: int) -> str:
    if status == 409 and request.method in {"GET", "HEAD"}:
        return _("This action is not possible")
    return {
        400: _("The request could not be read"),
        401: _("Please sign in"),
        403: _("You do not have access to this page"),
        404: _("Page not found"),
        405: _("Page not found"),
        409: _("This page has changed since you opened it"),
        413: _("The file is too large"),
        422: _("This action is not possible"),
        429: _("Too many attempts"),
        503: _("The service is very busy"),
    }.get(status, _("Something went wrong"))


def _refusal_page(error: FundError) -> ResponseReturnValue:
    if isinstance(error, Away):
        return _database_away()
    if not isinstance(error, Missing):
        note("refused", kind=type(error).__name__)
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 422)
    title = _("This took too long") if isinstance(error, Unfinished) else _title_for(status)
    return _error_page(status, title, error.message)


def _stale_page(_error: StaleDataError) -> ResponseReturnValue:
    return _error_page(409, _title_for(409), _("Another user changed this while you had it open."))


def _database_page(error: DBAPIError) -> ResponseReturnValue:
    ask_again_if_broken_off(error)
    if is_full(error):
        return _disk_full()
    if not is_away(error):
        raise error
    return _database_away()


def _connection_page(error: psycopg.OperationalError) -> ResponseReturnValue:
    """The server ended a connection before SQLAlchemy had it."""
    ask_again_if_broken_off(error)
    return _database_away()


def _disk_page(error: OSError) -> ResponseReturnValue:
    if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
        raise error
    return _disk_full()


def _disk_full() -> ResponseReturnValue:
    """No room on a disk: nothing was saved, and reading goes on."""
    LOG.error("no room left on the disk")
    message = _(
        "There is no storage space left, so what you submitted has not been saved. "
        "The people who run this service must free some space. Try again later."
    )
    answer = make_response(_error_page(503, _("Nothing can be saved at the moment"), message))
    answer.headers["Retry-After"] = str(MAKE_ROOM)
    return answer


def _database_away() -> ResponseReturnValue:
    """The database is away for a moment: so say, and when to come again."""
    message = _(
        "It is usually available again within a minute. If you submitted something, check "
        "whether we have received it before you submit it again."
    )
    try:
        answer = make_response(_error_page(503, _("The database does not answer"), message))
    except (SQLAlchemyError, psycopg.OperationalError):  # what the page itself asked
        answer = Response(f"{message}\n", 503, mimetype="text/plain")
    answer.headers["Retry-After"] = str(COME_AGAIN)
    return answer


def refused(error: HTTPException) -> ResponseReturnValue:
    """The plain page about a refused request."""
    status = error.code or 500
    if status < 400:
        return error
    if isinstance(error, CSRFError) or status == 403:
        note("refused", kind=type(error).__name__)
    if isinstance(error, CSRFError):
        message = _(
            "This page was open for too long, or in two windows. Go back, reload it and try again."
        )
    else:
        message = {
            401: _("You are signed out."),
            403: _("Your role does not allow this. If you need access, contact an administrator."),
            404: _("Check the address, or go to the home page."),
            405: _("Check the address, or go to the home page."),
            413: _("Upload a smaller file."),
        }.get(
            status,
            _("Try again in a few minutes. If the problem continues, contact the secretariat."),
        )
    return _error_page(status, _title_for(status), message)
