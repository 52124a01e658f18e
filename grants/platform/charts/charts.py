"""Charts as SVG inside the page, with the page's own letters; the figures belong beside it as a
table.

Drawn once for the same figures in the same words; until then the page holds its place and asks for
it as a picture (`drawings.py`).
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import Any

from babel.numbers import format_compact_decimal
from markupsafe import Markup

from grants.core.kernel.language import LANGUAGES, current_language
from grants.core.kernel.money import Money
from grants.core.texts.formats import whole_units
from grants.core.texts.marks import spaced
from grants.platform.charts import drawings
from grants.platform.charts.meanings import Meaning
from grants.platform.web.tokens import colours

FONT = "Noto Sans"
LETTERS = 14
"""Pixels: the small letters of a page, so that a chart brings no size of its own."""
WIDE, NARROW = 400, 175
"""Pixels between the axes."""
ROW, STANDING, LYING = 34, 200, 20
"""Pixels that a row of bars takes, standing columns, and a lying one of them."""
SIGN, BESIDE, LEAST = 7, 10, 48
"""Pixels that a sign of a figure takes, what is free beside the figure, and both at least."""
LEGEND_ROW = 18
"""Pixels that a further row of the names of series takes."""
BEYOND = 12
"""Pixels between the end of a lying bar and the edge, besides its figure."""
ABOVE = 20
"""Pixels for a figure above the highest standing bar."""
THOUSAND = 10**3
RIGHT_TO_LEFT, END_OF_IT = "\u2067", "\u2069"
"""Signs about a figure whose number stands right of its word, in a picture drawn left to right."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a chart shows. Equal pictures are drawn once: the figures themselves are the key."""

    title: str
    description: str
    """The chart in a sentence, for a person who does not see it."""
    series: tuple[str, ...]
    """What each figure of a row is."""
    means: tuple[Meaning, ...]
    """What each series counts, which is its colour; of one series, what each row counts."""
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    """A label and whole USD, one for each series."""
    language: str
    """In which the figures on the bars are written."""


def picture(
    title: str,
    description: str,
    series: Mapping[str, Meaning],
    rows: Mapping[str, tuple[Money, ...]],
    means: tuple[Meaning, ...] = (),
) -> Picture:
    """A chart of amounts in USD; it shows whole dollars. `means`: of each row, where the rows of
    one series count different things.
    """
    whole = tuple((label, tuple(map(whole_units, sums))) for label, sums in rows.items())
    return Picture(
        title,
        description,
        tuple(series),
        means or tuple(series.values()),
        whole,
        current_language().code,
    )


def bars(shown: Picture) -> Markup:
    """One lying bar for each row."""
    return drawings.shown(partial(drawn, "bars", shown), _coming_chart("bars", shown))


def columns(shown: Picture) -> Markup:
    """Bars side by side, one for each series: standing where their figures have room."""
    return drawings.shown(partial(drawn, "columns", shown), _coming_chart("columns", shown))


def _coming_chart(kind: str, shown: Picture) -> drawings.Coming:
    words = f"{shown.title}{spaced('.')}{shown.description}"
    return drawings.Coming(
        words, _chart_height(kind, shown, WIDE), _chart_height(kind, shown, NARROW)
    )


def _chart_height(kind: str, shown: Picture, width: int) -> int:
    """Pixels that Vega takes, to a few: the place of a chart is kept free until it is there."""
    if kind == "bars":
        return ROW * len(shown.rows) + 10
    if _bars_stand(shown, width):
        return STANDING + 58 + _legend_height(shown, width)
    lying = len(shown.rows) * len(shown.series) * LYING * 4 // 3
    return lying + 44 + _legend_height(shown, width)


def drawn(kind: str, shown: Picture) -> str:
    """The chart of a kind, "bars" or "columns", as SVG."""
    return _in_both_widths(shown, {"bars": _lying_bars, "columns": _side_by_side}[kind])


def _in_both_widths(shown: Picture, chart: Callable[[Picture, int], Any]) -> Markup:
    """The chart for wide and for narrow screens; a style sheet shows one of them."""
    return Markup('<div class="chart__wide">{}</div><div class="chart__narrow">{}</div>').format(
        _drawn_svg(chart(shown, WIDE), shown, WIDE), _drawn_svg(chart(shown, NARROW), shown, NARROW)
    )


def _lying_bars(shown: Picture, width: int) -> Any:
    """Figures stand on the bars, so there is no axis to read them from."""
    import altair as alt

    base = alt.Chart(_chart_data(shown), width=width, height=alt.Step(ROW)).encode(
        x=alt.X(
            "amount:Q",
            title=None,
            axis=None,
            scale=_amount_scale(shown, width, _room_beside(shown)),
        ),
        y=alt.Y("label:N", title=None, sort=None, axis=alt.Axis(labelLimit=150)),
    )
    drawn = base.mark_bar(height=18, cornerRadiusEnd=2).encode(
        color=alt.Color("colour:N", scale=None)
    )
    return drawn + base.mark_text(align="left", dx=6).encode(x="beside:Q", text="written:N")


def _side_by_side(shown: Picture, width: int) -> Any:
    """Every bar carries its figure, so many bars or a narrow screen ask for lying ones."""
    return (_standing_columns if _bars_stand(shown, width) else _lying_columns)(shown, width)


def _bars_stand(shown: Picture, width: int) -> bool:
    return width >= len(shown.rows) * len(shown.series) * _figure_width(shown)


def _standing_columns(shown: Picture, width: int) -> Any:
    import altair as alt

    base = alt.Chart(_chart_data(shown), width=width, height=STANDING).encode(
        x=alt.X("label:N", title=None, sort=None, axis=alt.Axis(labelAngle=0)),
        xOffset=alt.XOffset("series:N", sort=list(shown.series)),
        y=alt.Y("amount:Q", title=None, axis=None, scale=_amount_scale(shown, STANDING, ABOVE)),
    )
    drawn = base.mark_bar(cornerRadiusEnd=2).encode(color=_series_colour(shown, width))
    return drawn + base.mark_text(baseline="bottom", dy=-3).encode(y="beside:Q", text="written:N")


def _lying_columns(shown: Picture, width: int) -> Any:
    import altair as alt

    base = alt.Chart(_chart_data(shown), width=width, height=alt.Step(LYING)).encode(
        x=alt.X(
            "amount:Q",
            title=None,
            axis=None,
            scale=_amount_scale(shown, width, _room_beside(shown)),
        ),
        y=alt.Y("label:N", title=None, sort=None, scale=alt.Scale(paddingInner=0.25)),
        yOffset=alt.YOffset("series:N", sort=list(shown.series)),
    )
    drawn = base.mark_bar(cornerRadiusEnd=2).encode(color=_series_colour(shown, width))
    return drawn + base.mark_text(align="left", dx=6).encode(x="beside:Q", text="written:N")


def _series_colour(shown: Picture, width: int) -> Any:
    """The colour of each series, and its name above the chart: in a row, or two by two."""
    import altair as alt

    return alt.Color(
        "series:N",
        sort=list(shown.series),
        scale=alt.Scale(domain=list(shown.series), range=[of.colour for of in shown.means]),
        legend=alt.Legend(
            orient="top", title=None, symbolType="square", columns=_legend_columns(width)
        ),
    )


def _legend_columns(width: int) -> int:
    """In how many columns the names of series stand; 0: in one row."""
    return 2 if width == NARROW else 0


def _legend_height(shown: Picture, width: int) -> int:
    columns = _legend_columns(width) or len(shown.series)
    return (len(shown.series) - 1) // columns * LEGEND_ROW


def _amount_scale(shown: Picture, pixels: int, figure: int) -> Any:
    """From 0, or less where more went back than came, to so far beyond the longest bar that its
    figure has these pixels.
    """
    import altair as alt

    amounts = [amount for _label, sums in shown.rows for amount in sums]
    least, most = min([0, *amounts]), max([0, *amounts])
    beyond = (most - least or 1) * pixels / (pixels - figure)
    return alt.Scale(domain=[least, least + beyond])


def _room_beside(shown: Picture) -> int:
    return _figure_width(shown) + BEYOND


def _figure_width(shown: Picture) -> int:
    """Pixels that the longest figure takes: “1.1 m”; in Arabic the million is a word."""
    written = (
        _written_amount(sum_, shown.language) for _label, sums in shown.rows for sum_ in sums
    )
    return max(LEAST, SIGN * max(map(len, written), default=0) + BESIDE)


def _written_amount(amount: int, language: str) -> str:
    """As “568 k” or “3.2 m” in English, else in the reader's way, which in Chinese counts in ten
    thousands; nothing for nothing, which is no bar either.
    """
    if not amount:
        return ""
    places = _decimal_places(abs(amount), language)
    if language == "en" and abs(amount) >= THOUSAND:
        unit, name = (10**6, "m") if abs(amount) >= 10**6 else (THOUSAND, "k")
        return f"{amount / unit:,.{places}f}\N{NO-BREAK SPACE}{name}"
    locale = LANGUAGES[language].locale
    written = format_compact_decimal(amount, locale=locale, fraction_digits=places)
    if LANGUAGES[language].direction == "rtl":
        return f"{RIGHT_TO_LEFT}{written}{END_OF_IT}"
    return written


def _decimal_places(amount: int, language: str) -> int:
    """One for millions, none below. Chinese counts in 万 and 亿: one below a hundred of them."""
    if language == "zh":
        return int(amount < 10**6 or amount >= 10**8)
    return int(amount >= 10**6)


def _chart_data(shown: Picture) -> Any:
    import altair as alt

    return alt.Data(  # type: ignore[no-untyped-call]
        values=[
            {
                "label": label,
                "series": series,
                "amount": amount,
                "colour": _row_meaning(shown, place).colour,
                "beside": max(0, amount),  # what went back has its figure where it began
                "written": _written_amount(amount, shown.language),
            }
            for place, (label, amounts) in enumerate(shown.rows)
            for series, amount in zip(shown.series, amounts, strict=True)
        ]
    )


def _row_meaning(shown: Picture, place: int) -> Meaning:
    return shown.means[place if len(shown.means) > len(shown.series) else 0]


def _drawn_svg(chart: Any, shown: Picture, between: int) -> Markup:
    """The SVG for a page: one picture with a name and a description, its parts unnamed."""
    dressed = (
        chart.configure(font=FONT, background="transparent")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=colours()["ink-soft"],
            labelFontSize=LETTERS,
            domain=False,
            grid=False,
            ticks=False,
            labelPadding=8,
        )
        .configure_text(color=colours()["ink"], fontSize=LETTERS)
        .configure_legend(labelColor=colours()["ink-soft"], labelFontSize=LETTERS, offset=12)
    )
    svg: str = _vega_converter().vegalite_to_svg(dressed.to_dict())
    inside = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", svg.partition(">")[2])
    inside = re.sub(r"\b(clip|gradient_)(?=\d)", rf"{_chart_key(shown, between)}-\1", inside)
    width, height = re.findall(r' (?:width|height)="(\d+)', svg.partition(">")[0])
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{0}" height="{1}" '
        'viewBox="0 0 {0} {1}" font-family="{2}, sans-serif" aria-label="{3}">'
        "<title>{3}</title><desc>{4}</desc>{5}"
    ).format(width, height, FONT, shown.title, shown.description, Markup(inside))  # noqa: S704 - Vega's


def _chart_key(shown: Picture, between: int) -> str:
    """What the names inside a chart begin with, so that two charts on a page share none."""
    return f"c{hashlib.sha256(repr((shown, between)).encode()).hexdigest()[:8]}"


@cache
def _vega_converter() -> Any:
    """Vega itself, with the letters by which it measures labels."""
    import vl_convert

    vl_convert.register_font_directory(str(files("fontpkg_noto_sans") / "files"))
    return vl_convert
