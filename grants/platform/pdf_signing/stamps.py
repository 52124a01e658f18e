"""Asking a time-stamping authority (RFC 3161) when a signature was made."""

import urllib.request

from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

PATIENCE = 10
"""Seconds to wait for an answer; without one a paper is signed without a time stamp."""
LARGEST = 64 * 1024


class _NoWayOn(urllib.request.HTTPRedirectHandler):
    """An answer that leads elsewhere is none."""

    def redirect_request(self, *_elsewhere: object) -> None:
        return None


_STRAIGHT = urllib.request.build_opener(_NoWayOn)


class Authority(TimeStamper):
    """A time-stamping authority at an address of the configuration."""

    def __init__(self, url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.url = url

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return self.ask(req.dump())

    def ask(self, question: bytes) -> tsp.TimeStampResp:
        """The authority's answer; OSError if there is none that can be read."""
        request = urllib.request.Request(  # noqa: S310 - http or https, as the settings were checked
            self.url, question, {"Content-Type": "application/timestamp-query"}
        )
        with _STRAIGHT.open(request, timeout=PATIENCE) as answer:
            content = answer.read(LARGEST)
        try:
            return tsp.TimeStampResp.load(content)
        except ValueError as error:
            raise TimestampRequestError("the authority's answer cannot be read") from error
