"""A real OpenID Connect provider for the tests, and a person's way through its pages."""

import base64
import hashlib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import authlib.deprecate  # noqa: F401 - shows its warnings to everybody, so it comes before
import requests
from flask import request
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from grants.variables import DISCOVERY, Provider
from tests.platform.web.client import StrictClient

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the provider uses what authlib will drop in its version 2
    from oidc_provider_mock import app as provider_app
CLIENT, SECRET = "paragraph-20", "kept between the two"
START = "/sign-in/organisation"


@dataclass
class RunningProvider:
    """The provider, with what it was asked for."""

    url: str
    asked: list[dict[str, str]] = field(default_factory=list)
    """The form of each request for a token."""
    keys: dict[str, Any] | None = None
    """What it says its keys are, in place of those that it signs with."""

    def configured(self, *second_factor: str, **changes: str) -> Provider:
        given = {"discovery_url": self.url + DISCOVERY, "client_id": CLIENT}
        return Provider(
            **(given | changes),
            client_secret=SECRET,
            name="Example Directory",
            second_factor=frozenset(second_factor),
        )

    def knows(self, subject: str, **claims: Any) -> None:
        """What the provider says of this account from now on."""
        requests.put(f"{self.url}/users/{subject}", json=claims, timeout=5).raise_for_status()

    def signs_in(self, client: StrictClient, subject: str, start: str) -> str:
        """Go to the provider, sign in there; the address that the browser is sent back to."""
        sent = client.get(start)
        assert sent.status_code == 302, sent.text
        assert sent.location.startswith(self.url), sent.location
        there = requests.post(
            sent.location, data={"sub": subject}, allow_redirects=False, timeout=5
        )
        return there.headers["Location"].removeprefix("http://localhost")

    def comes_back(self, client: StrictClient, subject: str, start: str = START) -> TestResponse:
        """All of it, up to the button "Continue"."""
        back = client.get(self.signs_in(client, subject, start))
        if back.location != "/sign-in/organisation/continue":
            return back
        return client.submit(back.location)

    def question(
        self, client: StrictClient, start: str = "/sign-in/organisation"
    ) -> dict[str, str]:
        """What the browser is sent there with."""
        query = parse_qs(urlsplit(client.get(start).location).query)
        return {name: values[0] for name, values in query.items()}


def challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@contextmanager
def running() -> Iterator[RunningProvider]:
    """The provider on a free port of this machine; what it is asked for tokens is noted."""
    inner, known = provider_app(require_nonce=True), RunningProvider("")

    def note() -> dict[str, Any] | None:
        if request.path == "/oauth2/token":
            known.asked.append(dict(request.form))
        return known.keys if request.path == "/jwks" else None

    inner.before_request(note)
    server = make_server("localhost", 0, inner, threaded=True)
    known.url = f"http://localhost:{server.server_port}"
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()
