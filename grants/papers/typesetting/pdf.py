"""Printing: the only module that knows WeasyPrint.

What it prints can reach nothing: no file, no address, no data URL, no font of the machine. The
only things a style sheet may name are the assets of this room, under "asset:". The bytes are made
of the HTML alone, so the same facts give the same file.
"""

import logging
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Any

from grants.core.kernel.language import gettext as _
from grants.papers.typesetting.enclosed import Enclosure, Picture, Unprintable
from grants.papers.typesetting.metadata import described
from grants.papers.typesetting.signing import leave_room
from grants.papers.typesetting.tags import completed
from grants.papers.typesetting.typefaces import Typeface, typefaces
from grants.platform.pdf_signing.place import Place
from grants.platform.web.tokens import colours

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # a machine without fonts is fine: ours come along
    import weasyprint
    from weasyprint.text import ffi
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError, URLFetcherResponse

ffi.ffi.cdef("FcConfig * FcConfigCreate (void);")

HERE = Path(__file__).parent
LOG = logging.getLogger(__name__)
STANDARDS: Mapping[str, Any] = {"pdf_variant": "pdf/a-3a", "output_intent": "sRGB"}
"""PDF/A-3, for keeping; `described` adds PDF/UA-1, which it meets as well."""
WIDTHS = "".join(f".w{share}{{width:{share}%}}" for share in range(1, 96))
"""Shares of the page for the columns of a table: <col class="w20">; and of a cell, for bars."""
PNG = b"\x89PNG"
SPACINGS = ("tight", "roomy", "airy")
"""Sheets that come after print.css, in the order in which they are tried."""
END = "end"
"""What the last lines of a document are called in layout/document.html."""
THIRD = 0.37
"""Of a page's height, its head and the space after the last line counted."""
HEAD, SAVED = 0.06, 0.22
"""Of a page's height: above its text, and what closer lines save of it."""
SIDES = {"ltr": ("left", "right"), "rtl": ("right", "left")}


class SealedFetcher:
    """Opens the assets of this room and what comes with a document; refuses everything else."""

    _fail_on_errors = True  # read by WeasyPrint: a refusal ends the printing

    def __init__(self, assets: Mapping[str, tuple[str, bytes]]) -> None:
        self.assets = assets
        self.pictures: Mapping[str, bytes] = {}
        """Of the document that is printed now, by their hashes."""
        self.refused: list[str] = []

    def __call__(self, url: str) -> URLFetcherResponse:
        scheme, _colon, name = url.partition(":")
        if scheme == "picture" and name in self.pictures:
            content = self.pictures[name]
            kind = "image/png" if content.startswith(PNG) else "image/svg+xml"
            return URLFetcherResponse(url, content, {"Content-Type": kind})
        if scheme != "asset" or name not in self.assets:
            self.refused.append(url[:200])
            raise PermissionError(url)
        kind, content = self.assets[name]
        return URLFetcherResponse(url, content, {"Content-Type": kind})

    fetch = __call__


class Colours:
    """What the colours mean: WeasyPrint's own sRGB profile, word for word.

    Pillow, through which WeasyPrint reads profiles, writes another file after the first look.
    """

    name, components, pdf_reference = "sRGB2014", ("r", "g", "b"), None

    def __init__(self) -> None:
        self.content = files("weasyprint.pdf").joinpath("sRGB2014.icc").read_bytes()


class Page(weasyprint.HTML):
    """Our HTML, whose elements mean what basics.css says."""

    def __init__(self, html: str, fetcher: SealedFetcher) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            string=html, base_url="asset:", url_fetcher=fetcher
        )

    def _ua_stylesheets(self, forms: bool = False) -> list[weasyprint.CSS]:  # noqa: ARG002, FBT001, FBT002 - WeasyPrint's
        return [_our_press().basics]


@dataclass(frozen=True)
class Press:
    """What every printing shares. Pango's fonts belong to one thread at a time."""

    fetcher: SealedFetcher
    fonts: FontConfiguration
    basics: weasyprint.CSS
    sheets: Mapping[str, weasyprint.CSS]
    colours: Colours
    pictures: dict[str, Any]
    lock: Lock


def complaint() -> str | None:
    """What this machine lacks for printing fast, in one line that says how to correct it."""
    if ffi.harfbuzz_subset is None:
        return _(
            "Without HarfBuzz-Subset, PDFs are slow to produce and Chinese ones very slow: "
            "apt-get install libharfbuzz-subset0"
        )
    return None


def printed(
    html: str,
    *,
    direction: str = "ltr",
    enclosures: Sequence[Enclosure] = (),
    pictures: Sequence[Picture] = (),
    place: Place | None = None,
) -> bytes:
    """The PDF of one document, with room for a signature. Unprintable if it names anything outside
    this room.
    """
    press = _our_press()
    with press.lock:
        press.fetcher.refused.clear()
        press.fetcher.pictures = {picture.sha256: picture.content for picture in pictures}
        try:
            content = _print_document(press, html, direction, enclosures, place)
        except FatalURLFetchingError:  # a BaseException: it passes every other net
            content = b""
        if refused := press.fetcher.refused:  # WeasyPrint goes on where an SVG asked
            LOG.warning("not printed, for it names %s", ", ".join(refused))
            raise Unprintable
        return content


def _print_document(
    press: Press, html: str, direction: str, enclosures: Sequence[Enclosure], place: Place | None
) -> bytes:
    source: weasyprint.HTML = Page(html, press.fetcher)
    options = {**STANDARDS, "cache": press.pictures, "stylesheets": [press.sheets[direction]]}
    document = _typeset_pages(press, source, direction)
    content: bytes = document.write_pdf(
        finisher=partial(_finish_document, place),
        attachments=[_attachment_of(item) for item in enclosures],
        **options,
    )
    if lost := "".join(sorted(missing_signs(document))):
        LOG.warning("no typeface of ours has: %s", lost)
    return content


def _typeset_pages(press: Press, source: weasyprint.HTML, direction: str) -> weasyprint.Document:
    """The pages of a document: closer, or wider, where the last would hold less than a third."""
    usual = _pages_of(press, source, direction)
    if not ends_short(usual):
        return usual
    others = (_pages_of(press, source, direction, spacing) for spacing in _spacings_for(usual))
    return next((other for other in others if not ends_short(other)), usual)


def _spacings_for(document: weasyprint.Document) -> Sequence[str]:
    """The sheets in the order in which they are likely to do: each costs a layout. Where more
    stands on the last page than closer lines save on those before it, wider ones come first.
    """
    before, end = _end_of(document)
    closer, *wider = SPACINGS
    return SPACINGS if end - HEAD < SAVED * before else (*wider, closer)


def _pages_of(
    press: Press, source: weasyprint.HTML, direction: str, *spacing: str
) -> weasyprint.Document:
    document: weasyprint.Document = source.render(
        font_config=press.fonts,
        color_profiles={"sRGB": press.colours},
        cache=press.pictures,
        stylesheets=[press.sheets[part] for part in (direction, *spacing)],
        **STANDARDS,
    )
    return document


def ends_short(document: weasyprint.Document) -> bool:
    """Is the page on which the text of a document ends, not its first, less than a third full?"""
    before, end = _end_of(document)
    return before > 0 and end < THIRD


def _end_of(document: weasyprint.Document) -> tuple[int, float]:
    """The pages before the one on which the text of a document ends, and how far down it ends."""
    for before, page in enumerate(document.pages):
        if END in page.anchors:
            return before, page.anchors[END][1] / page.height
    return 0, 0.0


def _finish_document(place: Place | None, document: weasyprint.Document, pdf: Any) -> None:
    completed(pdf)
    if place:
        leave_room(pdf, place)
    described(document, pdf, legible=not any(missing_signs(document)))


def missing_signs(document: weasyprint.Document) -> Iterator[str]:
    """Characters of a printed document that show as an empty box, because no typeface has them."""
    for font in document.fonts.values():
        yield from (chr(code) for code in font.missing)


def _attachment_of(item: Enclosure) -> weasyprint.Attachment:
    return weasyprint.Attachment(
        string=item.content,
        name=item.name,
        description=item.description,
        created=item.at,
        modified=item.at,
        relationship="Data",
    )


@cache
def cut() -> list[Typeface]:
    """Our typefaces, cut once for this process and for those forked from it."""
    return list(typefaces())


def get_ready() -> None:
    """Read typefaces and rules now, and not with the first document."""
    _our_press()


@cache
def _our_press() -> Press:
    faces = cut()
    assets = {face.name: ("font/sfnt", face.content) for face in faces}
    fetcher, fonts = SealedFetcher(assets), _our_fonts_only()
    rules = _with_names((HERE / "print.css").read_text("utf-8"), faces)
    declared = "\n".join(_font_face(face) for face in faces) + WIDTHS
    sheets = {
        direction: weasyprint.CSS(
            string=declared + _with_sides(rules, *sides), url_fetcher=fetcher, font_config=fonts
        )
        for direction, sides in SIDES.items()
    }
    basics = weasyprint.CSS(string=(HERE / "basics.css").read_text("utf-8"), url_fetcher=fetcher)
    for spacing in SPACINGS:
        sheets[spacing] = weasyprint.CSS(
            string=(HERE / f"{spacing}.css").read_text("utf-8"),
            url_fetcher=fetcher,
            font_config=fonts,
        )
    return Press(fetcher, fonts, basics, sheets, Colours(), {}, Lock())


def _our_fonts_only() -> FontConfiguration:
    """A configuration that knows none of the machine's fonts: a letter looks the same anywhere."""
    fonts, empty = FontConfiguration(), ffi.fontconfig.FcConfigCreate()
    font_map = ffi.ffi.cast("PangoFcFontMap *", fonts.font_map)
    ffi.pangoft2.pango_fc_font_map_set_config(font_map, empty)
    ffi.fontconfig.FcConfigDestroy(empty)  # the font map keeps a hold of its own on it
    fonts._config = empty  # noqa: SLF001 - WeasyPrint has no door for this
    return fonts


def _font_face(face: Typeface) -> str:
    return (
        f"@font-face{{font-family:'{face.family}';font-weight:{face.weight};"
        f"src:url(asset:{face.name})}}"
    )


def _with_names(rules: str, faces: Iterable[Typeface]) -> str:
    """The rules with the colours of the pages and our typefaces in the place of their names."""
    families = dict.fromkeys(f"'{face.family}'" for face in faces)
    values = {**colours(), "typefaces": ", ".join(families)}
    return re.sub(r"\$([\w-]+)", lambda name: values[name[1]], rules)


def _with_sides(rules: str, start: str, end: str) -> str:
    return rules.replace("inline-start", start).replace("inline-end", end)
