"""Charts as SVG inside the page: it has the page's own letters and asks for nothing.

A drawing takes a millisecond, so a figure that has just changed keeps nobody waiting; the figures
belong beside it as a table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import combining, east_asian_width

from babel.numbers import format_compact_decimal
from markupsafe import Markup

from grants.core.kernel.language import LANGUAGES, current_language
from grants.core.kernel.money import Money
from grants.platform.web.tokens import colours

FONT = "Noto Sans"
LETTERS = 14
"""Pixels: the small letters of a page, so that a chart brings no size of its own."""
WIDE, NARROW = 400, 175
"""Pixels between the axes."""
FIGURE = 60
"""Pixels for the figure beyond the end of a lying bar."""
FIGURE_ABOVE = 48
"""Pixels for the figure above a standing bar."""
HIGH = 200
"""Pixels from the feet of standing bars to the top of the highest figure."""
ROW, BAR = 34, 18
"""Pixels from one lying bar to the next where each has a label, and how thick a lying bar is."""
BETWEEN = 16
"""Pixels between lying bars with different labels."""
EDGE = 5
"""Pixels around a drawing."""
BELOW = 5
"""Pixels from the middle of a letter to the line that it is written on."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a chart shows. Equal pictures are drawn once: the figures themselves are the key."""

    title: str
    description: str
    """The chart in a sentence, for a person who does not see it."""
    series: tuple[str, ...]
    """What each figure of a row is."""
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    """A label and whole USD, one for each series."""
    language: str
    """In which the figures on the bars are written."""

    @property
    def most(self) -> int:
        """The largest figure, at least 1."""
        return max((amount for _label, amounts in self.rows for amount in amounts), default=0) or 1


def picture(
    title: str, description: str, series: tuple[str, ...], rows: Mapping[str, tuple[Money, ...]]
) -> Picture:
    """A chart of amounts in USD; it shows whole dollars."""
    whole = tuple((label, tuple(m.minor // 100 for m in sums)) for label, sums in rows.items())
    return Picture(title, description, series, whole, current_language().code)


@lru_cache(maxsize=256)
def bars(shown: Picture) -> Markup:
    """One lying bar for each row."""
    return _in_both_widths(shown, _lying)


@lru_cache(maxsize=256)
def columns(shown: Picture) -> Markup:
    """Bars side by side, one for each series: standing where their figures have room."""
    return _in_both_widths(shown, _side_by_side)


Drawing = tuple[list[Markup], float, float, float]
"""The parts of a chart, how far they reach to the left of its axis and to the right, how high."""


def _in_both_widths(shown: Picture, chart: Callable[[Picture, int], Drawing]) -> Markup:
    """The chart for wide and for narrow screens; a style sheet shows one of them."""
    return Markup('<div class="chart__wide">{}</div><div class="chart__narrow">{}</div>').format(
        *(_dressed(chart(shown, width), shown) for width in (WIDE, NARROW))
    )


def _side_by_side(shown: Picture, width: int) -> Drawing:
    """Every bar carries its figure, so many bars or a narrow screen ask for lying ones."""
    bars_in_all = len(shown.rows) * len(shown.series)
    return (_standing if width >= bars_in_all * FIGURE_ABOVE else _lying)(shown, width)


def _lying(shown: Picture, width: int) -> Drawing:
    """Figures stand on the bars, so there is no axis to read them from."""
    left = 8 + max((room_of(label) for label, _amounts in shown.rows), default=0)
    parts, top = _named(shown, width)
    step = max(ROW, len(shown.series) * BAR + BETWEEN)
    longest = width - FIGURE
    for label, amounts in shown.rows:
        middle = top + step / 2
        parts.append(_text(label, -8, middle, "end", colours()["ink-soft"]))
        first = middle - len(amounts) * BAR / 2
        for place, amount in enumerate(amounts):
            long = longest * max(amount, 0) / shown.most
            y = first + place * BAR
            parts.append(_bar(0, y, long, BAR - (place + 1 < len(amounts)), place))
            written = _written(amount, shown.language)
            parts.append(_text(written, long + 6, y + BAR / 2, "start", colours()["ink"]))
        top += step
    return parts, left, width, top


def _standing(shown: Picture, width: int) -> Drawing:
    parts, top = _named(shown, width)
    feet, highest = top + HIGH, HIGH - LETTERS - 4
    step = width / len(shown.rows)
    wide = 0.8 * step / len(shown.series)
    for number, (label, amounts) in enumerate(shown.rows):
        middle = (number + 0.5) * step
        parts.append(_text(label, middle, feet + 16, "middle", colours()["ink-soft"]))
        for place, amount in enumerate(amounts):
            high = highest * max(amount, 0) / shown.most
            x = middle + (place - len(amounts) / 2) * wide
            parts.append(_bar(x, feet - high, wide - 1, high, place))
            written = _written(amount, shown.language)
            above = feet - high - 3 - BELOW
            parts.append(_text(written, x + wide / 2, above, "middle", colours()["ink"]))
    return parts, 0, width, feet + 28


def _named(shown: Picture, width: int) -> tuple[list[Markup], float]:
    """The colour and name of each series, above the chart, and where the chart begins: one below
    the other where they have no room side by side.
    """
    if len(shown.series) < 2:
        return [], 0
    rooms = [room_of(name) for name in shown.series]
    beside = sum(rooms) + 32 * len(rooms) <= width
    parts, x, y = [], 0.0, LETTERS / 2
    for place, (name, room) in enumerate(zip(shown.series, rooms, strict=True)):
        parts.append(_bar(x, y - 5, 10, 10, place))
        parts.append(_text(name, x + 16, y, "start", colours()["ink-soft"]))
        x, y = (x + room + 32, y) if beside else (0, y + 20)
    return parts, (y if beside else y - 20) + LETTERS / 2 + 12


def _bar(x: float, y: float, wide: float, high: float, place: int) -> Markup:
    return Markup('<rect x="{}" y="{}" width="{}" height="{}" rx="{}" fill="{}"/>').format(
        *map(_short, (x, y, wide, high, min(2, wide / 2, high / 2))), _colour(place)
    )


def _text(words: str, x: float, middle: float, anchor: str, colour: str) -> Markup:
    return Markup('<text x="{}" y="{}" text-anchor="{}" fill="{}">{}</text>').format(
        _short(x), _short(middle + BELOW), anchor, colour, words
    )


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _colour(place: int) -> str:
    return colours()[f"data-{place % 5 + 1}"]


def room_of(words: str) -> float:
    """Pixels in which these words surely have room."""
    return sum(map(_room_of_letter, words))


def _room_of_letter(letter: str) -> float:
    if combining(letter):
        return 0
    if east_asian_width(letter) in "WF":
        return LETTERS
    if letter in " .,:;'’|!ijlI()":
        return 0.38 * LETTERS
    return (
        0.98 if letter in "mwMW%@صضسش" else 0.74 if letter.isupper() or letter > "\u0590" else 0.64
    ) * LETTERS


def _written(amount: int, language: str) -> str:
    """As “568K” or “3.2M”, in the reader's way."""
    places = 1 if abs(amount) >= 10**6 else 0
    return format_compact_decimal(amount, locale=LANGUAGES[language].locale, fraction_digits=places)


def _dressed(drawing: Drawing, shown: Picture) -> Markup:
    """The SVG for a page: one picture with a name and a description, its parts unnamed."""
    parts, left, right, high = drawing
    box = (-left - EDGE, -EDGE, left + right + 2 * EDGE, high + 2 * EDGE)
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{0}" height="{1}" '
        'viewBox="{2}" font-family="{3}, sans-serif" font-size="{4}" aria-label="{5}">'
        "<title>{5}</title><desc>{6}</desc>{7}</svg>"
    ).format(
        *(round(box[2]), round(box[3])),
        " ".join(map(_short, box)),
        *(FONT, LETTERS, shown.title, shown.description),
        Markup().join(parts),
    )
