"""Values as people type them: numbers with any grouping, digits of any script, months by name."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from babel import Locale
from babel.dates import get_month_names

from grants.core.kernel import clock
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import current_language
from grants.core.kernel.language import gettext as _
from grants.core.kernel.reading import READ
from grants.core.texts.formats import example_day

FIRST_YEAR, LAST_YEAR = 1700, 2200
"""Days that a fund can be asked about; beyond, counting days and months ends in nonsense."""


_SPACES = "[\\s\u00a0\u202f'\u2019_]"


def latin_digits(text: str) -> str:
    """The digits of any script as 0 to 9, and Arabic marks as a point and a comma."""
    return "".join(
        str(unicodedata.decimal(mark)) if mark.isdecimal() else mark for mark in text
    ).translate(str.maketrans("٫٬−", ".,-"))


def decimal_number(text: str, places: int) -> Decimal:
    """A number with at most `places` decimals: "1,234.5", "1 234,5", "1234". Else InvalidInput.

    A lone separator with three digits behind it groups thousands, unless it can only be a point.
    """
    compact = re.sub(_SPACES, "", latin_digits(text.strip()))
    if not re.fullmatch(r"-?\d[\d.,]*", compact) or len(compact) > 20:
        raise InvalidInput(_("“%(text)s” is not a number. Enter a number such as 1234.", text=text))
    whole, fraction = _split_decimals(compact, places)
    if not re.fullmatch(r"-?\d+|-?\d{1,3}([.,]\d{2,3})*[.,]\d{3}", whole):
        raise InvalidInput(_("“%(text)s” is not a number. Enter a number such as 1234.", text=text))
    if len(fraction) > places:
        raise InvalidInput(_too_fine(places))
    return Decimal(f"{re.sub('[.,]', '', whole)}.{fraction or 0}")


def whole_number(text: str) -> int:
    """A whole number; InvalidInput says how to write it."""
    return int(decimal_number(text, 0))


def telephone(text: str) -> str:
    """A telephone number, as typed but for its digits; InvalidInput if it is none."""
    plain = latin_digits(text)
    digits = sum(mark.isdigit() for mark in plain)
    if not re.fullmatch(r"\+?[\d\s().\-/]+((ext|x)\.?\s*\d+)?", plain) or not 6 <= digits <= 20:
        raise InvalidInput(
            _("Enter a telephone number with the country code, for example +43 1 26060 0.")
        )
    return plain


_CODES = """
1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64
65 66 81 82 84 86 90 91 92 93 94 95 98 211 212 213 216 218 220 221 222 223 224 225 226 227 228
229 230 231 232 233 234 235 236 237 238 239 240 241 242 243 244 245 246 247 248 249 250 251 252
253 254 255 256 257 258 260 261 262 263 264 265 266 267 268 269 290 291 297 298 299 350 351 352
353 354 355 356 357 358 359 370 371 372 373 374 375 376 377 378 379 380 381 382 383 385 386 387
389 420 421 423 500 501 502 503 504 505 506 507 508 509 590 591 592 593 594 595 596 597 598 599
670 672 673 674 675 676 677 678 679 680 681 682 683 685 686 687 688 689 690 691 692 800 808 850
852 853 855 856 870 878 880 881 882 883 886 888 960 961 962 963 964 965 966 967 968 970 971 972
973 974 975 976 977 979 992 993 994 995 996 998
"""
CALLING_CODES = frozenset(_CODES.split())
"""The codes of countries and networks that the ITU has assigned (E.164); none begins another."""


def telephone_abroad(text: str) -> str:
    """A telephone number that begins with the code of a country; InvalidInput if it does not."""
    number = re.sub(r"^00\s*", "+", telephone(text).strip())
    digits = re.sub(r"[^0-9]", "", re.split(r"ext|x", number)[0])
    begins = any(digits[:length] in CALLING_CODES for length in (1, 2, 3))
    if not number.startswith("+") or not begins or not 7 <= len(digits) <= 15:
        raise InvalidInput(
            _("Begin the number with + and the code of its country, for example +43 1 26060 0.")
        )
    return number


def email_address(text: str) -> str:
    """An e-mail address, its domain in lower case; InvalidInput if it is none."""
    name, _at, domain = text.rpartition("@")
    if not re.fullmatch(r"[^\s@,;:<>()\[\]\\\"]{1,64}", name) or not is_domain(domain):
        raise InvalidInput(_("Enter an e-mail address in the format name@example.org."))
    return f"{name}@{domain.lower()}"


def web_address(text: str) -> str:
    """The address of a web site; https:// may be left out. InvalidInput if it is none."""
    address = text if re.match(r"https?://", text, re.IGNORECASE) else f"https://{text}"
    host = re.sub(r"^https?://", "", address, flags=re.IGNORECASE)
    if not is_domain(re.split(r"[/?#:]", host)[0]):
        raise InvalidInput(_("Enter a web address such as www.example.org."))
    return address


def is_domain(text: str) -> bool:
    labels = text.rstrip(".").split(".")
    return len(labels) > 1 and all(
        re.fullmatch(r"[^\W_](?:[\w-]{0,61}[^\W_])?", label) for label in labels
    )


FIRST_BEGUN = 1800


def require_begun(year: int) -> None:
    """InvalidInput for a year to come, or before any organisation of today."""
    if year < FIRST_BEGUN:
        raise InvalidInput(_("Enter a number of %(least)s or more.", least=FIRST_BEGUN))
    if year > clock.today().year:
        raise InvalidInput(_("Enter a year up to %(year)s.", year=str(clock.today().year)))


def counted(text: str | None) -> int:
    """A number that one of our own pages sent back, such as a version; 0 for anything else.

    0 is the version and the id of nothing, so a page that was tampered with counts as stale.
    """
    text = text or ""
    return int(text) if re.fullmatch("[0-9]{1,18}", text) else 0


def day_of(day: str, month: str, year: str) -> date:
    """The day that three boxes name; the month by number or by its name."""
    if not (day and month and year):
        raise InvalidInput(_("Enter the day, month and year."))
    return _real_day(day, month_number(month), latin_digits(year))


def iso_day(text: str | None) -> date:
    """A day of an address, like 2026-01-31; InvalidInput for anything else."""
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", text or "", re.ASCII)
    if match is None:
        raise InvalidInput(_("Enter a date like 2026-01-31."))
    return _real_day(match[3], int(match[2]), match[1])


def month_number(text: str) -> int:
    """1 to 12 for "3", "03", "March", "mar" or the word of an official language; 0 otherwise."""
    plain = latin_digits(text.strip())
    if plain.isascii() and plain.isdigit():
        return int(plain[:4])
    name_typed = _folded_name(plain)
    for locale in (current_language().locale, *map(Locale, READ)):
        for number, name in _month_names(locale):
            if name_typed and _folded_name(name) == name_typed:
                return number
    return 0


def _month_names(locale: Locale) -> Iterator[tuple[int, str]]:
    """Every name of every month; in Russian one in a date is not the one by itself."""
    for width in ("wide", "abbreviated"):
        for context in ("format", "stand-alone"):
            yield from get_month_names(width, context, locale).items()


def _real_day(day: str, month: int, year: str) -> date:
    if re.fullmatch(r"\d{4}", year) is None:
        raise InvalidInput(_("The year must have 4 digits, such as 2026."))
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        raise InvalidInput(
            _("The year must be between %(first)s and %(last)s.", first=FIRST_YEAR, last=LAST_YEAR)
        )
    try:
        return date(int(year), month, int(latin_digits(day)))
    except (ValueError, OverflowError):
        raise InvalidInput(
            _("Enter a real date, for example %(day)s.", day=example_day())
        ) from None


def _folded_name(name: str) -> str:
    """Without accents, full stops or capitals: "Févr." is "fevr"."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def _split_decimals(compact: str, places: int) -> tuple[str, str]:
    """Whole part and decimals of digits with "." and ","."""
    marks = [mark for mark in compact if mark in ".,"]
    if not marks:
        return compact, ""
    point = marks[-1]
    behind = len(compact) - compact.rfind(point) - 1
    grouping = len(set(marks)) == 1 and behind == 3 and (places < 3 or len(marks) > 1)
    if grouping or marks.count(point) > 1:
        return compact, ""
    whole, _mark, fraction = compact.rpartition(point)
    return whole, fraction


def _too_fine(places: int) -> str:
    if places == 0:
        return _("Enter a whole number, without decimals.")
    return _("Enter no more than %(places)s decimals.", places=places)
