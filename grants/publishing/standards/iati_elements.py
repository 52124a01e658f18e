"""The elements that the files of IATI 2.03 are made of."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from lxml import etree
from lxml.builder import E

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.language import in_language
from grants.core.kernel.links import absolute
from grants.core.kernel.money import Money
from grants.publishing.standards.identifiers import fund_identifier

VERSION = "2.03"
MULTILATERAL = "40"
"""The kind of the fund as an organisation."""
HUMAN_RIGHTS = "15160"
"""The sector of the OECD's committee that protection of victims of trafficking belongs to."""
WEB_PAGE = "A12"
"""The kind of document that is the page of an activity."""


def written(root: str, items: Iterable[Any]) -> bytes:
    now = clock.now().isoformat(timespec="seconds")
    whole = E(root, {"version": VERSION, "generated-datetime": now})
    whole.extend(items)
    form: dict[str, Any] = {"encoding": "UTF-8", "xml_declaration": True, "pretty_print": True}
    written: bytes = etree.tostring(whole, **form)
    return written


def spoken() -> dict[str, str]:
    return {"{http://www.w3.org/XML/1998/namespace}lang": "en"}


def narrated(tag: str, text: str, **attributes: str) -> Any:
    return E(tag, attributes, E("narrative", _without_control_characters(text)))


def _without_control_characters(text: str) -> str:
    """Without the signs that XML cannot hold."""
    return "".join(sign for sign in text if sign in "\t\n\u200e\u200f" or sign.isprintable())


def reporting(fund: Fund) -> Any:
    return narrated(
        "reporting-org", in_language(fund.name), ref=fund_identifier(fund), type=MULTILATERAL
    )


def participant(fund: Fund, role: str) -> Any:
    attributes = {"ref": fund_identifier(fund), "type": MULTILATERAL, "role": role}
    return narrated("participating-org", in_language(fund.name), **attributes)


def activity_dates(since: date, until: date | None) -> list[Any]:
    """First and last day, planned while they are to come."""
    today = clock.today()
    days = [(since, "2" if since <= today else "1")]
    if until is not None:
        days.append((until, "4" if until < today else "3"))
    return [E("activity-date", {"iso-date": day.isoformat(), "type": kind}) for day, kind in days]


def classified(aid: str) -> list[Any]:
    return [
        E("sector", {"code": HUMAN_RIGHTS, "vocabulary": "1", "percentage": "100"}),
        E("collaboration-type", {"code": "4"}),
        E("default-flow-type", {"code": "10"}),
        E("default-finance-type", {"code": "110"}),
        E("default-aid-type", {"code": aid, "vocabulary": "1"}),
        E("default-tied-status", {"code": "5"}),
    ]


def transaction(kind: str, on: date, amount: Money, about: str, number: str, *parties: Any) -> Any:
    day = on.isoformat()
    return E(
        "transaction",
        {"ref": number},
        E("transaction-type", {"code": kind}),
        E("transaction-date", {"iso-date": day}),
        E("value", {"value-date": day, "currency": "USD"}, str(amount)),
        narrated("description", about),
        *parties,
    )


def web_page(path: str, title: str) -> Any:
    return E(
        "document-link",
        {"url": absolute(path), "format": "text/html"},
        narrated("title", title),
        E("category", {"code": WEB_PAGE}),
    )


def of_year(tag: str, year: int, amount: Money) -> Any:
    first, last = f"{year}-01-01", f"{year}-12-31"
    return E(
        tag,
        E("period-start", {"iso-date": first}),
        E("period-end", {"iso-date": last}),
        E("value", {"value-date": first, "currency": "USD"}, str(amount)),
    )
