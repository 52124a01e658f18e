"""Counting requests in a web process: by page, answer and time taken."""

from flask import Flask, Response, request
from prometheus_client import Counter, Histogram

from grants.platform.web.journal import seconds_taken
from grants.platform.web.tracing import METHODS

BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds."""
REQUESTS = Counter(
    "paragraph20_requests", "Requests answered, by page.", ("page", "method", "status")
)
DURATION = Histogram(
    "paragraph20_request_duration_seconds",
    "Seconds until the answer, by page.",
    ("page",),
    buckets=BUCKETS,
)


def install(app: Flask) -> None:
    """Count every answer; a page is its name in the code, so there are only so many."""
    app.after_request(_count_request)


def _count_request(response: Response) -> Response:
    page = request.endpoint or "none"
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(page, method, str(response.status_code)).inc()
    DURATION.labels(page).observe(seconds_taken())
    return response
