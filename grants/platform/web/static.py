"""Serving what assets/build.py made: compressed, kept by the browser forever."""

import json
from collections.abc import Mapping
from functools import cache
from mimetypes import guess_type
from pathlib import Path

from flask import Flask, Response, current_app, request, send_from_directory, url_for

from grants.core.kernel import language as languages

YEAR = 365 * 24 * 60 * 60
ENCODINGS = {"br": ".br", "gzip": ".gz"}  # the smallest first
LATIN = "noto-sans-latin.woff2"
OTHER_SCRIPTS = {"ar": "vazirmatn-arabic.woff2", "ru": "noto-sans-cyrillic.woff2"}
"""Letters of languages that are not written with Latin ones; Chinese has those of the device."""


def install(app: Flask) -> None:
    app.view_functions["static"] = built_file


def built_file(filename: str) -> Response:
    """A file of grants/static, in the smallest form that the browser reads.

    Its name carries a checksum of its content, so it never changes under that name.
    """
    folder = Path(str(current_app.static_folder))
    encoding = _encoding_for(folder, filename)
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


def _encoding_for(folder: Path, filename: str) -> str:
    accepted = (name for name in ENCODINGS if request.accept_encodings[name])
    return next((e for e in accepted if (folder / (filename + ENCODINGS[e])).is_file()), "")


def asset(name: str) -> str:
    """The address of a built file, in the reader's direction: app.css is app.rtl.css in Arabic."""
    if name.endswith(".css") and languages.current_language().direction == "rtl":
        name = f"{name[:-4]}.rtl.css"
    folder = str(current_app.static_folder)
    built = _read_manifest(folder) if not current_app.debug else _read_manifest.__wrapped__(folder)
    return url_for("static", filename=built.get(name, name))


def page_fonts() -> list[str]:
    """Fonts that a page in the reader's language begins with.

    A browser loads them together with the style sheet: lines would move if they came after it.
    """
    script = OTHER_SCRIPTS.get(languages.current_language().code)
    return [LATIN, script] if script else [LATIN]


@cache
def _read_manifest(folder: str) -> Mapping[str, str]:
    """Built name of each asset; none before the assets are built."""
    path = Path(folder) / "manifest.json"
    if not path.is_file():
        return {}
    names: Mapping[str, str] = json.loads(path.read_text("utf-8"))
    return names
