"""Every colour, size, corner and shadow stands once, in _tokens.scss; everybody can read them."""

import re
from pathlib import Path

import pytest

from grants.platform.charts.meanings import Meaning
from grants.platform.web.assets.build import NOT_USED
from grants.platform.web.icons import names as icon_names
from grants.platform.web.tokens import colours
from tests.rules.source import ROOT

SHEETS = ROOT / "grants" / "platform" / "web" / "assets"
OURS = sorted(
    path for path in SHEETS.glob("_*.scss") if path.stem not in {"_tokens", "_palette", "_govuk"}
)
"""_palette and _govuk hand our tokens to GOV.UK's own variables."""
WIDTHS = {"30rem", "48rem", "64rem", "80rem"}
"""The four widths at which a page may change."""

COLOURS = colours()

TEXT = [
    ("ink", ["white", "paper", "sky", "row-selected", "row-hover", "amber", "amber-hover"]),
    ("ink-soft", ["white", "paper", "sky"]),
    ("ink-mute", ["white", "paper"]),
    ("deep", ["white", "paper", "sky", "row-hover"]),
    ("link", ["white", "paper", "sky", "row-selected", "row-hover"]),
    ("visited", ["white"]),
    ("on-deep", ["deep", "deepest", "on-deep-hover"]),
    ("on-deep-soft", ["deep"]),
    ("on-deep-mute", ["deep"]),
    ("amber", ["deep"]),
    ("act", ["act-ground", "white", "row-hover"]),
    ("bad", ["bad-ground", "white", "row-hover"]),
    ("white", ["bad-strong", "deep", "link"]),
    ("good", ["good-ground", "white"]),
    ("info", ["info-ground", "white"]),
    ("plain", ["plain-ground"]),
]
MARKS = [
    ("line-strong", ["white", "paper"]),
    *((meaning.value, ["white"]) for meaning in Meaning),
    ("link", ["track"]),
    ("ink", ["amber"]),
]


def _light(colour: str) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    full = colour[1:] if len(colour) == 7 else "".join(sign * 2 for sign in colour[1:])
    parts = [int(full[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((_light(COLOURS[one]), _light(COLOURS[other])), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("colour", "grounds"), TEXT)
def test_text_can_be_read(colour: str, grounds: list[str]) -> None:
    poor = {ground: round(contrast(colour, ground), 2) for ground in grounds}
    assert not {g: ratio for g, ratio in poor.items() if ratio < 4.5}, f"{colour}: below 4.5:1"


@pytest.mark.parametrize(("colour", "grounds"), MARKS)
def test_marks_and_borders_can_be_seen(colour: str, grounds: list[str]) -> None:
    poor = {ground: round(contrast(colour, ground), 2) for ground in grounds}
    assert not {g: ratio for g, ratio in poor.items() if ratio < 3}, f"{colour}: below 3:1"


_NOT_TOKENS = {
    "a colour": re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\("),
    "a size of letters": re.compile(r"font-size: (?!var\(--t-|inherit)[^;]+"),
    "a corner": re.compile(r"border-radius: (?!var\(--r-|0|inherit)[^;]+"),
    "a shadow": re.compile(r"box-shadow: (?!var\(--|none|inset |0 0 0 \d+px var)[^;]+"),
}


def _strays(sheet: Path) -> list[str]:
    """What a sheet writes by itself; print.css is black on white paper."""
    text = re.sub(r"//[^\n]*|/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        for what, pattern in _NOT_TOKENS.items():
            if sheet.stem == "_print" and what == "a colour":
                continue
            found += [f"{sheet.name}:{number}: {what}: {m[0]}" for m in pattern.finditer(line)]
        if "@media" in line:
            odd = set(re.findall(r"\d[\d.]*r?em", line)) - WIDTHS
            found += [f"{sheet.name}:{number}: a width of its own: {width}" for width in odd]
    return found


@pytest.mark.parametrize("sheet", OURS, ids=lambda sheet: sheet.stem)
def test_a_sheet_takes_its_measures_from_the_tokens(sheet: Path) -> None:
    assert not _strays(sheet), "write it into _tokens.scss, or take the token that is there"


def test_no_page_has_a_part_that_the_style_sheet_leaves_out() -> None:
    pages = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "grants" / "platform").rglob("*.py")]
    named = {
        match[0]
        for path in pages
        if path.name != "build.py"
        for match in NOT_USED.finditer(path.read_text("utf-8"))
    }
    assert not named, "take it out of NOT_USED"


def test_every_icon_that_a_page_names_is_built() -> None:
    named = {
        name
        for page in (ROOT / "templates").rglob("*.html")
        for call in re.findall(r"icon\(([^)]*)\)", page.read_text("utf-8"))
        for name in re.findall(r"^'([\w-]+)'", call.strip())
    }
    assert named <= icon_names()


def test_no_icon_is_carried_along_unused() -> None:
    sources = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "grants").rglob("*.py")]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    unused = {name for name in icon_names() if not re.search(rf"""['"]{name}['"]""", text)}
    assert not unused, "take it out of icons.txt"


def test_no_two_style_sheets_lay_out_one_class() -> None:
    """A class that two rooms use for different things gets the grid of both: so the conditions of a
    payment once stood in a column of 64 pixels.
    """
    shared = {"_base", "_forms", "_print", "_turned"}
    places: dict[str, set[str]] = {}
    for path in (path for path in OURS if path.stem not in shared):
        for head in re.findall(r"^(\.[^{}]+)\{", path.read_text("utf-8"), re.MULTILINE):
            for name in re.findall(r"^\.([\w-]+)$", head.replace(", ", "\n").strip(), re.MULTILINE):
                places.setdefault(name, set()).add(path.stem)
    assert len(places) > 100
    assert {name: sheets for name, sheets in places.items() if len(sheets) > 1} == {}
