"""Charts that are drawn while a page is already shown, and kept for all processes for a day.

Vega takes a hundred megabytes and, for figures that nobody has looked at yet, some tenths of a
second: nobody waits for it. What is drawn already stands in the page; otherwise the page holds its
place, and the browser asks for the picture at an address that only this page tells.
"""

import hashlib
import hmac
import logging
import re
import time
from collections.abc import Callable
from contextlib import ExitStack
from contextvars import copy_context
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from importlib.metadata import version
from pathlib import Path
from threading import Thread

from flask import url_for
from markupsafe import Markup

from grants.config import Settings
from grants.core.kernel.apart import apart
from grants.core.kernel.errors import Missing
from grants.core.kernel.kept_files import clear, locked, sweep, write, young
from grants.core.kernel.language import gettext as _
from grants.platform.web.tokens import SOURCE

LOG = logging.getLogger(__name__)
PATIENCE = 5.0
"""Seconds that a browser waits for the picture, not for the page; then it is sent to ask again."""
LOOK = 0.02
"""Seconds between two looks."""
A_LOOK = 0.002
"""Seconds for which a look may hold the lock, so that nobody seems to draw."""
HERE = Path(__file__).parent

Draw = partial[str]
"""A function of a module with what it is given, that makes SVG for both widths of a screen."""


@dataclass(frozen=True, slots=True)
class Coming:
    """What a page says of a chart that is being drawn: in words, and how high it will be."""

    words: str
    wide: int
    narrow: int


@dataclass(frozen=True, slots=True)
class Drawings:
    """The drawings of an installation, in a folder that all its processes share."""

    folder: Path
    secret: str

    @classmethod
    def of(cls, settings: Settings) -> "Drawings":
        return cls(settings.data_dir / "drawn", settings.secret())

    def place_of(self, name: str) -> Path:
        return self.folder / f"{name}.html"

    def name_of(self, draw: Draw) -> str:
        """By all that the drawing depends on; nobody can guess it from figures."""
        whole = repr((draw.func.__qualname__, draw.args, _drawing_rules()))
        return hmac.new(self.secret.encode(), whole.encode(), hashlib.sha256).hexdigest()

    def begin(self, place: Path, draw: Draw) -> None:
        """Draw in a thread of this process; nothing happens where any process is at it. OSError if
        nothing can be kept.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        for pause in (A_LOOK, 0):
            with ExitStack() as locks:
                free = locks.enter_context(locked(place))
                if young(place):
                    return
                if free:
                    work = partial(copy_context().run, self._draw_file, place, draw)
                    Thread(
                        target=_work_under_lock, args=(locks.pop_all(), work), daemon=True
                    ).start()
                    return
            time.sleep(pause)

    def _draw_file(self, place: Path, draw: Draw) -> None:
        try:
            write(place, apart(draw.func, *draw.args).encode())
            sweep(self.folder)
        except Exception:
            LOG.exception("not drawn: a chart")

    def clear(self) -> None:
        """What has been here for a day goes."""
        clear(self.folder)

    def wait_for(self, name: str) -> str:
        """A drawing that is there; "" while it is being made; Missing if it is neither."""
        place, until = self.place_of(name), time.monotonic() + PATIENCE
        while time.monotonic() < until and not young(place) and _is_being_made(place):
            time.sleep(LOOK)
        is_coming = _is_being_made(place)  # looked at first: it may be there by then
        if drawing := young(place):
            return drawing.decode()
        if is_coming:
            return ""
        raise Missing(_("This picture no longer exists."))


def _work_under_lock(locks: ExitStack, work: Callable[[], None]) -> None:
    """Let go of the lock when the work is done."""
    with locks:
        work()


def _is_being_made(place: Path) -> bool:
    if not place.with_suffix(".lock").exists():
        return False
    with locked(place) as free:
        return not free


_drawings: Drawings | None = None


def keep_drawings(drawings: Drawings | None) -> None:
    """Where they are kept, set once in the assembly. None: each process keeps its own, and a page
    waits for them, which is what tests look at.
    """
    global _drawings  # noqa: PLW0603 - one process serves one installation
    _drawings = drawings


def shown(draw: Draw, coming: Coming) -> Markup:
    """The drawing, or its place with an address at which it will be."""
    if _drawings is None:
        return _at_once(draw.func, draw.args)
    name = _drawings.name_of(draw)
    place = _drawings.place_of(name)
    if drawing := young(place):
        return Markup(drawing.decode())  # noqa: S704 - what `draw` made
    try:
        _drawings.begin(place, draw)
    except OSError:
        LOG.exception("not kept: a chart")
        return _at_once(draw.func, draw.args)
    return _place_to_come(name, coming)


@lru_cache(maxsize=32)
def _at_once(function: Callable[..., str], arguments: tuple[object, ...]) -> Markup:
    return Markup(apart(function, *arguments))  # noqa: S704 - what the function made


def _place_to_come(name: str, coming: Coming) -> Markup:
    """Lazily, so that only the picture for this width of the screen is asked for."""
    parts = [
        Markup('<div class="chart__{}"><img src="{}" alt="{}" height="{}"></div>').format(
            width, url_for("drawings.show", name=name, width=width), coming.words, height
        )
        for width, height in (("wide", coming.wide), ("narrow", coming.narrow))
    ]
    return Markup().join(parts)


def wait_for(name: str) -> str:
    """The drawing of that name; "" while it is being made; Missing if it is neither."""
    if _drawings is None or not re.fullmatch("[0-9a-f]{64}", name):
        raise Missing(_("This picture no longer exists."))
    return _drawings.wait_for(name)


@cache
def _drawing_rules() -> str:
    """What else a drawing depends on: how we draw, and the packages that do."""
    ours = b"".join(path.read_bytes() for path in (HERE / "charts.py", SOURCE))
    packages = (version("altair"), version("vl-convert-python"))
    return " ".join([hashlib.sha256(ours).hexdigest(), *packages])
