"""How values look to a reader: money, numbers, days, moments and sizes, by Babel's rules."""

from collections.abc import Callable, Mapping, Sized
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, get_timezone_location
from babel.numbers import (
    NumberPattern,
    format_decimal,
    format_percent,
    get_currency_name,
    parse_pattern,
)
from babel.support import LazyProxy
from markupsafe import Markup, escape

from grants.core.countries.countries import country_name
from grants.core.kernel import clock
from grants.core.kernel.language import current_language, in_language, ngettext
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, exponent
from grants.core.texts.actors import actor_name, person_name
from grants.core.texts.marks import bracketed, joined_names, sentence, spoken

NBSP = "\u00a0"
NONE = "–"
_NOTHING = Markup("–")


def plain_money(amount: Money | None) -> str:
    """As “USD 1,234.50”, for sentences and e-mails: the code first, never a symbol."""
    if amount is None:
        return NONE
    return f"{amount.currency}{NBSP}{bare_amount(amount)}"


def whole_money(amount: Money | None) -> str:
    """As “USD 1,235”, for public pages: the exact figure is a click away."""
    if amount is None:
        return NONE
    written = _true_minus(_amount_pattern(0).apply(whole_units(amount), current_language().locale))
    return f"{amount.currency}{NBSP}{written}"


def whole_units(amount: Money) -> int:
    """The rounding of every figure that is shown without its cents: a half is one more."""
    return int(amount.decimal.quantize(Decimal(1), ROUND_HALF_UP))


def bare_amount(amount: Money) -> str:
    """The figure alone, with as many decimals as its currency has."""
    return _written_amount(amount.minor, amount.currency, current_language().locale_code)


@lru_cache(maxsize=4096)
def _written_amount(minor: int, currency: str, locale: str) -> str:
    """Many rows of a list have the same amount, and the next person sees the same list."""
    amount = Money(minor, currency)
    return _true_minus(_amount_pattern(exponent(currency)).apply(amount.decimal, locale))


@cache
def _amount_pattern(places: int) -> NumberPattern:
    return parse_pattern("#,##0" + ("." + "0" * places if places else ""))


def money(amount: Money | None) -> Markup:
    """An amount that keeps its order inside right-to-left text."""
    if amount is None:
        return _NOTHING
    return _marked_amount(amount.minor, amount.currency, current_language().locale_code)


@lru_cache(maxsize=4096)
def _marked_amount(minor: int, currency: str, locale: str) -> Markup:
    code, written = escape(currency), escape(_written_amount(minor, currency, locale))
    return Markup(  # noqa: S704 - made of escaped parts, and faster than its format()
        f'<bdi dir="ltr" class="money"><span class="money__code">{code}</span>{NBSP}{written}</bdi>'
    )


def figure(amount: Money | None) -> Markup:
    """An amount without its code, for a column whose heading names the currency."""
    if amount is None:
        return _NOTHING
    return Markup('<bdi dir="ltr" class="money">{}</bdi>').format(bare_amount(amount))


COUNTED = 1000
"""Counting stops here: "1,000+" says as much as an exact figure, and costs a thousandth."""


def counted(value: int) -> Markup:
    """How many there are, as far as they were counted: 312, or 1,000+ for more."""
    shown = number(min(value, COUNTED))
    return shown + "+" if value > COUNTED else shown


def number(value: int | Decimal | None) -> Markup:
    """A number with every decimal it has: an exchange rate is never shown rounded."""
    if value is None:
        return _NOTHING
    if type(value) is int:
        return _marked_whole(value, current_language().locale_code)
    return _marked_number(plain_number(value))


def _marked_number(text: str) -> Markup:
    return Markup(f'<bdi dir="ltr" class="number">{escape(text)}</bdi>')  # noqa: S704 - escaped


@lru_cache(maxsize=4096)
def _marked_whole(value: int, locale: str) -> Markup:
    return _marked_number(_written_whole(value, locale))


def plain_number(value: int | Decimal) -> str:
    """A number as text without marks, for a sentence."""
    locale = current_language().locale_code
    return _written_whole(value, locale) if type(value) is int else _written_number(value, locale)


def _written_number(value: int | Decimal, locale: str) -> str:
    return _true_minus(format_decimal(value, locale=locale, decimal_quantization=False))


_written_whole = lru_cache(maxsize=4096)(_written_number)
"""Whole numbers only: 1.0 and 1.00 are equal, and written differently."""


def points(value: Decimal | None) -> Markup:
    """A score with its two decimals, which align in a column."""
    if value is None:
        return _NOTHING
    text = _true_minus(format_decimal(value, "#,##0.00", locale=current_language().locale))
    return Markup('<bdi dir="ltr" class="number">{}</bdi>').format(text)


def percent(value: Decimal | float | None, places: int = 0) -> Markup:
    """A share of one: 0.13 is 13%."""
    if value is None:
        return _NOTHING
    return Markup('<bdi class="number">{}</bdi>').format(plain_percent(value, places))


def plain_percent(value: Decimal | float, places: int = 0) -> str:
    """A share of one as text without marks: 13%, in French and Spanish 13 %."""
    locale = current_language().locale
    sign = locale.percent_formats[None].pattern.lstrip("#,0")
    pattern = "#,##0" + ("." + "0" * places if places else "") + sign
    return _true_minus(format_percent(value, format=pattern, locale=locale))


def plain_day(value: date | None, style: str = "long") -> str:
    """As “25 November 2026”, for sentences and e-mails."""
    if value is None:
        return NONE
    return _written_day(value, style, current_language().locale_code)


DAY_PATTERNS = {
    ("ar", "medium"): "d MMM y",  # figures alone may be read the wrong way round
    ("ru", "medium"): "d MMM y",
    ("ru", "long"): "d MMMM y 'года'",  # no abbreviation: its stop and that of the sentence meet
}
BOXES_OF_DAY = {"zh": ("year", "month", "day")}
"""The order of the boxes of a day where the year stands first."""


def boxes_of_day() -> tuple[str, ...]:
    """The boxes of a day, in the order in which the reader's language writes them."""
    return BOXES_OF_DAY.get(current_language().code, ("day", "month", "year"))


def example_day(year: int = 2026) -> str:
    """A day as it is typed into its boxes, worded when it is shown: 27 3 2026."""
    typed = {"day": 27, "month": 3, "year": year}
    lazy: Callable[..., Any] = LazyProxy
    example: str = lazy(
        lambda: " ".join(str(typed[box]) for box in boxes_of_day()), enable_cache=False
    )
    return example


FIRST_OF_MONTH = {"fr": "1er", "es": "1.º"}
"""How the first day of a month is written where it is not a plain 1."""


@lru_cache(maxsize=4096)
def _written_day(value: date, style: str, locale: str) -> str:
    """The days of a list are few; Babel takes a tenth of a millisecond for each. It gives September
    alone of the English months four letters.
    """
    pattern = DAY_PATTERNS.get((locale, style), style)
    text = format_date(value, format=pattern, locale=locale).replace("Sept ", "Sep ")
    return (
        FIRST_OF_MONTH[locale] + text[1:] if value.day == 1 and locale in FIRST_OF_MONTH else text
    )


def day(value: date | None, style: str = "long") -> Markup:
    if value is None:
        return _NOTHING
    return _marked_day(value, style, current_language().locale_code)


@lru_cache(maxsize=4096)
def _marked_day(value: date, style: str, locale: str) -> Markup:
    shown = escape(_written_day(value, style, locale))
    return Markup(f'<time datetime="{value.isoformat()}"><bdi>{shown}</bdi></time>')  # noqa: S704 - escaped


def plain_moment(value: datetime | None, zone: str = "", *, style: str = "long") -> str:
    """As “25 November 2026, 14:03 (Vienna time)”: a moment always says whose clock it is, that of
    the fund unless another time zone is named.
    """
    if value is None:
        return NONE
    zone = zone or clock.zone().key
    local = _zone_aware(value).astimezone(ZoneInfo(zone))
    language = current_language()
    return _(
        "%(day)s, %(time)s (%(place)s time)",
        day=_written_day(local.date(), style, language.locale_code),
        time=format_time(local, format="HH:mm", locale=language.locale),
        place=_city_of(zone),
    )


def moment(value: datetime | None, zone: str = "", *, style: str = "long") -> Markup:
    if value is None:
        return _NOTHING
    return Markup('<time datetime="{}"><bdi>{}</bdi></time>').format(
        _zone_aware(value).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        plain_moment(value, zone, style=style),
    )


def list_moment(value: datetime | None) -> Markup:
    """As “25 Nov 2026, 14:03”, for a list whose head says whose clock it is."""
    if value is None:
        return _NOTHING
    local = _zone_aware(value).astimezone(clock.zone())
    time = format_time(local, format="HH:mm", locale=current_language().locale)
    written = _written_day(local.date(), "medium", current_language().locale_code)
    return Markup('<time datetime="{}"><bdi>{}</bdi></time>').format(
        _zone_aware(value).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        _("%(day)s, %(time)s", day=written, time=time),
    )


def zone_city() -> str:
    """Whose clock the fund goes by: “Vienna”."""
    return _city_of(clock.zone().key)


def day_of(value: datetime | None) -> Markup:
    """The day of a moment in the fund's time, for lists where the hour does not matter."""
    return day(clock.day_of(_zone_aware(value)), "medium") if value else _NOTHING


def time_left(until: datetime) -> str:
    """As “12 days left”, for a deadline; “over” once it is."""
    remaining = _zone_aware(until) - clock.now()
    if remaining <= timedelta(0):
        return _("deadline passed")
    if remaining.days >= 2:
        return ngettext("%(num)s day left", "%(num)s days left", remaining.days)
    hours, seconds = divmod(int(remaining.total_seconds()), 3600)
    if hours >= 2:
        return ngettext("%(num)s hour left", "%(num)s hours left", hours)
    minutes = hours * 60 + seconds // 60
    return ngettext("%(num)s minute left", "%(num)s minutes left", minutes)


def month(value: date | None) -> str:
    """As “November 2026”."""
    if value is None:
        return NONE
    return format_skeleton("yMMMM", value, locale=current_language().locale)


def quarter_of_year(value: date) -> str:
    """As “Q4 2026”."""
    return format_skeleton("yQQQ", value, locale=current_language().locale)


OCTETS = {"fr": ("o", "ko", "Mo", "Go"), "ru": ("Б", "кБ", "МБ", "ГБ")}
"""What a byte, a thousand, a million and a milliard are called where it is not B, kB, MB, GB."""


def size(octets: int | None) -> Markup:
    """A file's size as people speak of it: 340 kB, 1.2 MB."""
    if octets is None:
        return _NOTHING
    units = OCTETS.get(current_language().code, ("B", "kB", "MB", "GB"))
    value, thousands = Decimal(octets), 0
    while value >= 1000 and thousands < 3:
        value, thousands = value / 1000, thousands + 1
    pattern = "#,##0.#" if value < 10 and thousands else "#,##0"
    text = format_decimal(value, format=pattern, locale=current_language().locale)
    return Markup('<bdi dir="ltr">{}{}{}</bdi>').format(text, NBSP, units[thousands])


LANGUAGE_NAMES = {"ar": {"en": "الإنكليزية"}}
"""Names of languages as the United Nations writes them, where Unicode's differ."""


def language_name(code: str) -> str:
    """A language by its name in the reader's language; its code if it has none."""
    language = current_language()
    if name := LANGUAGE_NAMES.get(language.code, {}).get(code):
        return name
    try:
        return Locale.parse(code).get_language_name(language.locale) or code
    except (UnknownLocaleError, ValueError):
        return code


def currency_name(code: str) -> str:
    """A currency by its code and its name in the reader's language."""
    return f"{code} – {get_currency_name(code, locale=current_language().locale)}"


def initials(name: str) -> str:
    """At most two initials of a person."""
    letters = ("".join(mark for mark in word if mark.isalpha()) for word in str(name).split())
    words = [word for word in letters if word]
    chosen = words[:1] + (words[-1:] if len(words) > 1 else [])
    return "".join(word[0].upper() for word in chosen) or "·"


def show(value: Any) -> Markup:
    """Any cell of a table by its kind: money, number, day, moment, yes or no, text."""
    drawn = _DRAWN.get(type(value))
    if drawn is not None:
        return drawn(value)
    if hasattr(value, "__html__"):
        return escape(value)
    if isinstance(value, Sized) and len(value) == 0:
        return _NOTHING
    for kind in (Money, int, Decimal, datetime, date):
        if isinstance(value, kind):
            return _DRAWN[kind](value)
    return escape(getattr(value, "label", value))


SHORT = 120
"""Texts up to this length are remembered with their signs escaped: names come again and again."""


def escaped(text: str) -> Markup:
    """A text of a cell, safe in HTML."""
    return _escaped(text) if len(text) <= SHORT else escape(text)


_escaped = lru_cache(maxsize=8192)(escape)

_DRAWN: Mapping[Any, Callable[[Any], Markup]] = {
    str: lambda value: escaped(person_name(value)) if value else _NOTHING,
    Markup: lambda value: value or _NOTHING,
    LazyProxy: lambda value: show(str(value)),
    type(None): lambda _value: _NOTHING,
    bool: lambda value: escape(_("Yes") if value else _("No")),
    Money: money,
    int: number,
    Decimal: number,
    datetime: lambda value: moment(value, style="medium"),
    date: lambda value: day(value, "medium"),
}
"""By the very type of a value, which says it at once for most of them."""


def _zone_aware(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _city_of(zone: str) -> str:
    return _city_in(zone, current_language().locale_code)


@lru_cache(maxsize=500)
def _city_in(zone: str, locale: str) -> str:
    return get_timezone_location(zone, locale=locale, return_city=True)


def _true_minus(text: str) -> str:
    return text.replace("-", "\u2212")


FILTERS: Mapping[str, Callable[..., Any]] = {
    "money": money,
    "figure": figure,
    "counted": counted,
    "number": number,
    "percent": percent,
    "points": points,
    "day": day,
    "moment": moment,
    "day_of": day_of,
    "month": month,
    "time_left": time_left,
    "size": size,
    "initials": initials,
    "show": show,
    "texts": in_language,
    "names": joined_names,
    "sentence": sentence,
    "actor_name": actor_name,
    "person_name": person_name,
    "bracketed": bracketed,
    "spoken": spoken,
    "country_name": country_name,
    "language_name": language_name,
    "plain_money": plain_money,
    "whole_money": whole_money,
    "plain_day": plain_day,
    "plain_number": plain_number,
    "plain_moment": plain_moment,
}
"""What templates of pages, e-mails and documents may write after a bar: `{{ amount|money }}`."""
