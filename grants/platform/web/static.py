"""Serving what assets/build.py made: compressed, kept by the browser forever."""

from mimetypes import guess_type
from pathlib import Path

from flask import Flask, Response, current_app, request, send_from_directory

YEAR = 365 * 24 * 60 * 60
ENCODINGS = {"br": ".br", "gzip": ".gz"}  # the smallest first


def install(app: Flask) -> None:
    app.view_functions["static"] = built_file


def built_file(filename: str) -> Response:
    """A file of grants/static, in the smallest form that the browser reads.

    Its name carries a checksum of its content, so it never changes under that name.
    """
    folder = Path(str(current_app.static_folder))
    encoding = _encoding(folder, filename)
    response = send_from_directory(
        folder,
        filename + ENCODINGS.get(encoding, ""),
        mimetype=guess_type(filename)[0],
        max_age=YEAR,
    )
    if encoding:
        response.content_encoding = encoding
    response.vary.add("Accept-Encoding")
    response.cache_control.immutable = True
    return response


def _encoding(folder: Path, filename: str) -> str:
    accepted = (name for name in ENCODINGS if request.accept_encodings[name])
    return next((e for e in accepted if (folder / (filename + ENCODINGS[e])).is_file()), "")
