"""A PDF as an answer: printed while its reader waits, which takes a quarter of a second."""

from http import HTTPStatus
from threading import BoundedSemaphore

from flask import Response, current_app, make_response, render_template, request

from grants.config import Settings
from grants.core.kernel.errors import Unfinished
from grants.papers.typesetting.printed import printed_once
from grants.papers.typesetting.source import PrintSource
from grants.platform.web.downloads import attachment

AT_A_TIME = 3
"""Readers of a process who wait for a PDF; it answers four requests at a time, and other pages are
not to wait for printing.
"""
AGAIN = 2
"""Seconds after which a reader who found too many others asks again."""
_places = BoundedSemaphore(AT_A_TIME)


def pdf_answer(name: str, source: PrintSource) -> Response:
    """The PDF, or a page that says why there is none. The caller has found that the person may have
    it.
    """
    settings: Settings = current_app.extensions["settings"]
    if not _places.acquire(blocking=False):
        answer = _unproduced_page(busy=True)
        answer.headers["Refresh"] = str(AGAIN)
        return answer
    try:
        return attachment(name, "application/pdf", printed_once(settings.data_dir, source))
    except Unfinished as refusal:
        return _unproduced_page(refused=refusal.message)
    finally:
        _places.release()


def _unproduced_page(*, busy: bool = False, refused: str = "") -> Response:
    page = render_template(
        "papers/statements/not-produced.html", busy=busy, refused=refused, address=request.full_path
    )
    answer = make_response(page, HTTPStatus.SERVICE_UNAVAILABLE)
    answer.headers["Retry-After"] = str(AGAIN)
    return answer
