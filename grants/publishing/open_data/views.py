"""The data page of a fund, and its files at addresses that stay."""

import json
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from grants.core.audit.queries import end_of_trail, last_moment
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import use_language
from grants.platform.tables.exports import FORMATS
from grants.platform.web.access import public
from grants.platform.web.database import session
from grants.platform.web.unchanged import same_for_visitors, while_nothing_happens
from grants.publishing.facts.corrections import newest_corrections
from grants.publishing.standards.files import FILES
from grants.publishing.standards.giving360 import LICENCES
from grants.publishing.tables.columns import PublicTable
from grants.publishing.tables.declared import TABLES

pages = Blueprint("open_data", __name__)
CORRECTIONS = 10
"""On the page; the file has all."""
ENDINGS = ("csv", "xlsx", "json")
STANDARD_FILES = {f"{file.key}.{file.ending}": file for file in FILES}


@pages.get("/funds/<code>/data")
@public
@same_for_visitors()
def index(code: str) -> ResponseReturnValue:
    """What can be downloaded, under which licence, and what each column means."""
    fund = fund_by_code(session(), code)
    return render_template(
        "publishing/open_data/index.html",
        fund=fund,
        tables=TABLES.values(),
        endings=ENDINGS,
        files=STANDARD_FILES,
        licence=LICENCES[str(fund.licence)],
        day=fund.today(),
        corrections=newest_corrections(session(), fund, CORRECTIONS),
    )


@pages.get("/funds/<code>/data/<name>.<any(csv, xlsx, json):ending>")
@public
def table(code: str, name: str, ending: str) -> ResponseReturnValue:
    """A table, whole, in the form that is asked for."""
    fund = fund_by_code(session(), code)
    if name == "dictionary" and ending == "csv":
        return _sent(fund, _dictionary_file(), "text/csv", f"{fund.code.lower()}-dictionary.csv")
    if name not in TABLES:
        raise Missing(_("File not found. The data page lists all files."))
    key = ("open data", fund.id, name, ending, request.url_root)
    content = while_nothing_happens(key, lambda: _table_file(fund, TABLES[name], ending))
    media = "application/json" if ending == "json" else FORMATS[ending][1]
    return _sent(fund, content, media, f"{fund.code.lower()}-{name}.{ending}")


@pages.get("/funds/<code>/standards/<name>")
@public
def standard(code: str, name: str) -> ResponseReturnValue:
    """A file in the form of a standard."""
    fund, file = fund_by_code(session(), code), STANDARD_FILES.get(name)
    if file is None:
        raise Missing(_("File not found. The data page lists all files."))
    key = ("open data", fund.id, name)
    content = while_nothing_happens(key, lambda: file.write(session(), fund))
    return _sent(fund, content, file.media_type, file.name_of(fund))


def _table_file(fund: Fund, table: PublicTable, ending: str) -> bytes:
    with use_language("en"):
        facts = table.read(session(), fund, 0, None)
        if ending == "json":
            return _as_json(fund, table, facts)
        file = BytesIO()
        heads = [column.key for column in table.columns]
        FORMATS[ending][0](file, heads, [table.cells(fact) for fact in facts])
        return file.getvalue()


def _as_json(fund: Fund, table: PublicTable, facts: Any) -> bytes:
    whole = {
        "fund": fund.code,
        "table": table.name,
        "about": str(table.about),
        "day": fund.today().isoformat(),
        "licence": str(fund.licence),
        "licence_url": LICENCES[str(fund.licence)],
        "data": [table.plain(fact) for fact in facts],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


def _dictionary_file() -> bytes:
    file = BytesIO()
    with use_language("en"):
        rows = [
            (table.name, column.key, column.kind, str(column.about), ", ".join(column.choices))
            for table in TABLES.values()
            for column in table.columns
        ]
        FORMATS["csv"][0](file, ("table", "column", "kind", "meaning", "values"), rows)
    return file.getvalue()


def _sent(fund: Fund, content: bytes, media: str, name: str) -> Response:
    """The file, with what tells whether it is new, for pages of others too."""
    answer = make_response(content)
    answer.content_type = media if media.endswith("sheet") else f"{media}; charset=utf-8"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.last_modified = last_moment(session()) or clock.now()
    position, last = end_of_trail(session())
    answer.set_etag(f"{position}-{last[:16]}-{fund.today().isoformat()}")
    answer.make_conditional(request)
    return answer
