"""`/healthz` and `/readyz`, and where browsers report what the content policy has stopped.

They answer without a session, a cookie or a figure of the fund.
"""

import logging

from flask import Blueprint, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from grants.operations.health.csp import Allowance, in_one_line
from grants.operations.health.readiness import faults
from grants.platform.documents.store import store
from grants.platform.web.access import public
from grants.platform.web.headers import REPORTS
from grants.platform.web.refusals import COME_AGAIN

pages = Blueprint("health", __name__)
LOG = logging.getLogger("csp")
LARGEST = 16 * 1024
"""Bytes of a report."""
REPORTED = Allowance(number=30, seconds=60)
"""Anybody can send reports; more than this fill the log and say no more."""


@pages.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="alive")


@pages.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Database, migrations, files and the signing key answer; 503 with the reason otherwise."""
    installed = current_app.extensions
    problems = faults(installed["database"], store(), installed["settings"])
    if not problems:
        return jsonify(status="ready")
    answer = jsonify(status="not ready", reason=problems)
    answer.headers["Retry-After"] = str(COME_AGAIN)
    return answer, 503


@pages.post(REPORTS)
@public
def csp_report() -> ResponseReturnValue:
    """A browser tells what the content policy has stopped: one line in the log."""
    request.max_content_length = LARGEST
    if REPORTED.has_one_left():
        for line in in_one_line(request.get_data()):
            LOG.warning(line)
    return Response(status=204, mimetype="text/plain")
