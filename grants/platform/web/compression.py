"""Pages sent compressed, where that tells nobody anything.

The length of a compressed page tells how much of it repeats. Where a page repeats what an address
said, and holds a secret, a person who reads lengths on the line and makes the browser ask again and
again can guess the secret (BREACH). So a page that holds one is compressed only for a browser that
says that a page of ours asked for it. See docs/decisions/compression.md.
"""

from flask import Flask, Response, request

from grants.platform.web.access import arriving
from grants.platform.web.unchanged import PageForAll, compressed

SMALLEST = 1024
"""Bytes below which compressing gains nothing."""


def install(app: Flask) -> None:
    @app.after_request
    def compress(response: Response) -> Response:
        if response.mimetype != "text/html" or response.direct_passthrough:
            return response
        response.vary.add("Accept-Encoding")
        if request.accept_encodings["gzip"] and _is_harmless(response):
            if isinstance(response, PageForAll):
                response.set_data(response.page.zipped)
            else:
                response.set_data(compressed(response.get_data()))
            response.content_encoding = "gzip"
        return response


def _is_harmless(response: Response) -> bool:
    """Is nothing learnt from its length: was it asked for by us, or does it hold no secret?"""
    if response.content_encoding:
        return False
    page = response.get_data()
    if len(page) < SMALLEST:
        return False
    return _is_asked_by_us() or not (arriving() or b"csrf_token" in page)


def _is_asked_by_us() -> bool:
    """No page of others, and no redirect of theirs, can make a browser say so."""
    return request.headers.get("Sec-Fetch-Site") == "same-origin"
