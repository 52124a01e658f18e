"""`/api/v1/…`: the published tables as JSON, page by page, and the page that documents them."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, g, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.core.funds.models import Fund
from grants.core.funds.queries import all_funds, fund_by_code
from grants.core.kernel.errors import DomainError, FundError, InvalidInput, Missing
from grants.core.kernel.language import gettext as _
from grants.papers.statements.builders.funds.fund import fund_statement
from grants.papers.typesetting.paper import Span, as_json
from grants.platform.web.access import network_here, public
from grants.platform.web.allowance import Allowances
from grants.platform.web.database import session
from grants.platform.web.unchanged import same_for_visitors
from grants.publishing.api.description import LARGEST, MOST, ROOT, USUAL, described
from grants.publishing.integration.description import operations
from grants.publishing.tables.declared import TABLES

pages = Blueprint("api", __name__)
ALLOWED = Allowances()
"""Of this process; a client that asks several processes may ask a little more."""
EARLIEST = date(1900, 1, 1)


class Hasty(DomainError):
    """The client has asked too often: ask again in a moment."""


@pages.before_request
def _count_question() -> None:
    g.remaining = ALLOWED.take(network_here())
    if g.remaining < 0:
        raise Hasty(
            _(
                "You have made too many requests. Try again in %(seconds)s seconds.",
                seconds=ALLOWED.reset_in(),
            )
        )


@pages.after_request
def _open_answer(response: Response) -> Response:
    """Pages of others may read it; a client that has it asks whether it is new."""
    heads = response.headers
    heads["RateLimit-Limit"] = str(ALLOWED.number)
    heads["RateLimit-Remaining"] = str(max(g.get("remaining", 0), 0))
    heads["RateLimit-Reset"] = str(ALLOWED.reset_in())
    if response.mimetype == "application/json":
        heads["Access-Control-Allow-Origin"] = "*"
        heads["Access-Control-Expose-Headers"] = (
            "ETag, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset"
        )
        heads["Cross-Origin-Resource-Policy"] = "cross-origin"
        heads["Cache-Control"] = "public, no-cache"
        if response.status_code == 200:
            response.add_etag()
            response.make_conditional(request)
    return response


@pages.errorhandler(FundError)
def _refuse_question(refusal: FundError) -> ResponseReturnValue:
    status = 429 if isinstance(refusal, Hasty) else 404 if isinstance(refusal, Missing) else 400
    answer = jsonify(error={"status": status, "message": refusal.message})
    if status == 429:
        answer.headers["Retry-After"] = str(ALLOWED.reset_in())
    return answer, status


@pages.get("/api")
@public
@same_for_visitors()
def document() -> ResponseReturnValue:
    """What can be asked, with examples that run."""
    funds = all_funds(session())
    return render_template(
        "publishing/api/document.html",
        tables=TABLES.values(),
        fund=funds[0] if funds else None,
        root=url_for(".openapi", _external=True).removesuffix("/openapi.json"),
        number=ALLOWED.number,
        most=MOST,
        of_programs=[
            (method.upper(), path) for path, methods in operations([]) for method in methods
        ],
    )


@pages.get(f"{ROOT}/openapi.json")
@public
def openapi() -> ResponseReturnValue:
    """The description of this interface, as OpenAPI 3.1."""
    return jsonify(described(request.host_url.rstrip("/")))


@pages.get(f"{ROOT}/<any({', '.join(TABLES)}):name>")
@public
def rows(name: str) -> ResponseReturnValue:
    """A page of a table, and the address of the next one."""
    table, most = TABLES[name], _number_in("limit", USUAL, 1, MOST)
    fund = _asked_fund(is_required=table.of_fund)
    facts = table.read(session(), fund, _number_in("after", 0, 0, LARGEST), most + 1)
    following = None
    if len(facts) > most:
        place: dict[str, Any] = {"after": table.number(facts[most - 1]), "limit": most}
        chosen = {"fund": fund.code} if fund else {}
        following = url_for(".rows", name=name, _external=True, **chosen, **place)
    return jsonify(data=[table.plain(fact) for fact in facts[:most]], next=following)


@pages.get(f"{ROOT}/source-and-use")
@public
def source_and_use() -> ResponseReturnValue:
    """The statement of source and use of funds, with the keys of `flask statement fund`."""
    fund = _asked_fund(is_required=True)
    assert fund is not None
    span = Span(_day_in("from"), _day_in("to"))
    return jsonify(as_json(fund_statement(session(), fund.code, span).facts))


@pages.get(f"{ROOT}/", defaults={"path": ""})
@pages.get(f"{ROOT}/<path:path>")
@public
def nothing(path: str) -> ResponseReturnValue:
    """No such table: the message names those that there are."""
    names = ", ".join([*TABLES, "source-and-use", "openapi.json"])
    raise Missing(
        _("There is nothing at %(path)s. You can ask for: %(names)s.", path=path, names=names)
    )


def _asked_fund(*, is_required: bool) -> Fund | None:
    code = request.args.get("fund", "")
    if code:
        return fund_by_code(session(), code)
    if is_required or "fund" in request.args:
        codes = ", ".join(fund.code for fund in all_funds(session()))
        raise InvalidInput(
            _("Add the code of a fund: ?fund=CODE. Available codes: %(codes)s.", codes=codes)
        )
    return None


def _number_in(name: str, usual: int, least: int, most: int) -> int:
    text = request.args.get(name)
    if text is None:
        return usual
    plain = text.isascii() and text.isdecimal() and len(text) < 20
    if not plain or not least <= int(text) <= most:
        raise InvalidInput(
            _(
                "%(name)s: enter a whole number from %(least)s to %(most)s.",
                name=name,
                least=least,
                most=most,
            )
        )
    return int(text)


def _day_in(name: str) -> date:
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        day = None
    if day is None or day < EARLIEST or len(request.args[name]) != 10:
        raise InvalidInput(_("%(name)s: enter a day such as 2026-01-31.", name=name))
    return day
