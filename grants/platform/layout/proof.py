"""Proof for the browser that what it sent was saved: it may let go of its copy of the text.

A form that keeps a copy on the device is posted with a stamp of its own. The answer to a save is a
redirect (the page is shown again otherwise), and the page that follows carries the stamp.
"""

import re

from flask import Flask, Response, request
from flask import session as cookie

_STAMPS = "saved_stamps"
_MOST = 5


def install(app: Flask) -> None:
    @app.after_request
    def note(response: Response) -> Response:
        if request.method == "POST" and response.status_code in (302, 303):
            stamp = request.form.get("stamp", "")
            if re.fullmatch("[0-9a-z]{8,40}", stamp):
                cookie[_STAMPS] = [*cookie.get(_STAMPS, ()), stamp][-_MOST:]
        return response


def saved_stamps() -> list[str]:
    """The stamps of what was saved since the last page; told once."""
    stamps: list[str] = cookie.pop(_STAMPS, [])
    return stamps
