"""Pages sent compressed, where that tells nobody anything.

The length of a compressed page tells how much of it repeats. Where a page repeats what an address
said, and holds a secret, a person who reads lengths on the line can guess the secret (BREACH). So
only a visitor's page without a form's token is compressed: the public pages, which are the ones
that are read over slow lines. See docs/decisions/compression.md.
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
    """Holds the page neither a secret nor anything of a person who has signed in?"""
    if arriving() or response.content_encoding:
        return False
    page = response.get_data()
    return len(page) >= SMALLEST and b"csrf_token" not in page
