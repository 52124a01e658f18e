"""The door of programs: the token that they show, how often they come, and how they are refused."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar

from flask import Response, g, jsonify, request
from werkzeug.http import HTTP_STATUS_CODES

from grants.core.audit.act import Act
from grants.core.kernel.errors import Conflict, Forbidden, FundError, Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.platform.web.access import by_token, network_here
from grants.platform.web.allowance import Allowances
from grants.platform.web.arrival import arrived_at
from grants.platform.web.database import after_reading, session
from grants.publishing.integration import service
from grants.publishing.integration.queries import program_of, token_of_key

View = TypeVar("View", bound=Callable[..., Any])
ALLOWED = Allowances()
"""Of this process, for each token, and for each network whose keys are wrong."""
PROBLEM = "application/problem+json"


class Unknown(FundError):
    """The key is missing, wrong, at its end or revoked."""


class Hasty(FundError):
    """The program has come too often."""


def for_programs(permission: Permission) -> Callable[[View], View]:
    """Only for a program whose token has this permission for its fund."""

    def marked(view: View) -> View:
        @wraps(view)
        def entered(**where: Any) -> Any:
            _enter_program(permission)
            return view(**where)

        entering: Any = by_token(entered)
        return entering  # type: ignore[no-any-return]

    return marked


def _enter_program(permission: Permission) -> None:
    header = request.authorization
    key = (header.token or "") if header is not None and header.type == "bearer" else ""
    token = token_of_key(session(), key) if key else None
    _count_visit(f"token {token.id}" if token else network_here())
    if token is None:
        raise Unknown(_("Send a token that is valid: Authorization: Bearer KEY."))
    g.program, g.fund_of_program = program_of(token), token.fund_id
    if not program().may(permission, token.scope):
        raise Forbidden(_("This token does not allow that. Ask for one with another scope."))
    if not service.is_use_noted(token):
        with after_reading() as opened:
            service.note_use(opened, token.id)


def _count_visit(client: str) -> None:
    g.remaining = ALLOWED.take(client)
    if g.remaining < 0:
        seconds = ALLOWED.reset_in()
        raise Hasty(
            _("You have made too many requests. Try again in %(seconds)s seconds.", seconds=seconds)
        )


def program() -> Viewer:
    """The program that has come in."""
    viewer: Viewer = g.program
    return viewer


def act_of_program(reason: str | None = None) -> Act:
    """What it does, under its own name."""
    return Act(program(), reason, arrived_at())


def refuse(refusal: FundError) -> Response:
    """A refusal as RFC 9457 words it."""
    status = next((number for kind, number in STATUS if isinstance(refusal, kind)), 400)
    answer = problem(status, refusal.message, getattr(refusal, "faults", ()))
    if status == 429:
        answer.headers["Retry-After"] = str(ALLOWED.reset_in())
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


STATUS = ((Unknown, 401), (Forbidden, 403), (Missing, 404), (Conflict, 409), (Hasty, 429))


def problem(status: int, detail: str, errors: Sequence[str] = ()) -> Response:
    """A problem as JSON; `errors` has a line for each fault, where there are several."""
    answer = jsonify(
        type="about:blank",
        title=HTTP_STATUS_CODES[status],
        status=status,
        detail=detail,
        errors=list(errors),
    )
    answer.status_code, answer.mimetype = status, PROBLEM
    return answer


def count_off(response: Response) -> Response:
    """What is left to the program in this minute."""
    response.headers["RateLimit-Limit"] = str(ALLOWED.number)
    response.headers["RateLimit-Remaining"] = str(max(g.get("remaining", 0), 0))
    response.headers["RateLimit-Reset"] = str(ALLOWED.reset_in())
    return response
