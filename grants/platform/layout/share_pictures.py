"""Answering with the picture that other sites show beside a link to a public page."""

from flask import Response, make_response

from grants.core.kernel.language import current_language
from grants.platform.layout.preview import Asking, picture


def shared_picture(code: str, title: str, asking: Asking | None) -> Response:
    """The picture in the reader's language, which others may show and keep for a day."""
    answer = make_response(picture(code, title, current_language().direction, asking))
    answer.content_type = "image/png"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer
