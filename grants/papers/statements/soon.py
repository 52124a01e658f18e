"""A PDF that is printed while its reader waits: at once if it is quick, else after a page that
says so, which asks again by itself and needs no script.

Every request passes through the view, so that what the person may not have is refused each time.
"""

import re
from http import HTTPStatus
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from flask import Response, current_app, make_response, render_template, request

from grants.config import Settings
from grants.core.kernel.errors import Unfinished
from grants.papers.typesetting.shelf import Shelf, shelf_in
from grants.papers.typesetting.source import PrintSource
from grants.platform.web.downloads import attachment
from grants.platform.web.journal import seconds_taken

WAITS, AGAIN, BEFORE = "waits", "again", "before"
"""In an address: the person sees the page that says so; printing failed and is to be tried again;
the page on which the document was asked for."""
OURS = (WAITS, AGAIN, BEFORE)
PATIENCE = 0.16
"""Seconds after which that page is shown, counted from the moment the request arrived: finding what
the document says is part of them.
"""
PATIENCE_IN_TESTS = 60.0
"""Long enough to be handed what was asked for."""


def soon(name: str, source: PrintSource) -> Response:
    """The PDF, or a page that leads to it. The caller has found that the person may have it."""
    try:
        kept = _shelf().take(source, again=AGAIN in request.args)
    except Unfinished as refusal:
        return _page(HTTPStatus.SERVICE_UNAVAILABLE, refused=refusal.message)
    if kept is None:
        return _page(HTTPStatus.ACCEPTED, then=f"1; url={_address(**_waiting())}")
    if WAITS in request.args:
        return _page(HTTPStatus.OK, then=f"0; url={_address()}", name=name, size=len(kept))
    return attachment(name, "application/pdf", kept)


def _shelf() -> Shelf:
    settings: Settings = current_app.extensions["settings"]
    patience = PATIENCE_IN_TESTS if settings.testing else PATIENCE - seconds_taken()
    return shelf_in(settings.data_dir, patience)


def _page(status: HTTPStatus, then: str = "", **facts: object) -> Response:
    """What is known of the document; `then`: what the browser asks for next, and when."""
    page = render_template(
        "papers/statements/soon.html",
        ready=status is HTTPStatus.OK,
        address=_address(),
        waiting=_address(**_waiting()),
        once_more=_address(**_waiting(), **{AGAIN: "1"}),
        before=_page_before(),
        **{"refused": "", "name": "", "size": 0, **facts},
    )
    response = make_response(page, status)
    if then:
        response.headers["Refresh"] = then
    return response


def _address(**more: str) -> str:
    """The address of the document, without what this page has put there."""
    asked = [pair for pair in request.args.items(multi=True) if pair[0] not in OURS]
    query = urlencode([*asked, *more.items()])
    return f"{quote(request.path)}?{query}" if query else quote(request.path)


def _waiting() -> dict[str, str]:
    """What the page that waits adds to the address."""
    before = _page_before()
    return {WAITS: "1", **({BEFORE: before} if before else {})}


def _page_before() -> str:
    """The page of ours on which the document was asked for; empty where nobody can tell."""
    if given := request.args.get(BEFORE):
        return given if re.fullmatch(r"/(?![/\\])[^\x00-\x20\\]*", given) else ""
    before = urlsplit(request.referrer or "")
    if before.netloc != request.host or before.path == request.path:
        return ""
    return urlunsplit(("", "", f"/{before.path.lstrip('/')}", before.query, ""))
