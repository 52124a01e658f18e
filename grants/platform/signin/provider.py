"""Asking an OpenID Connect provider who sits there (authorization code with PKCE).

Checked of its answer: state, nonce, signature, issuer, audience and times (authlib), that the
discovery document is the issuer's own, and what it says of how and when the person signed in.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Flask, abort, current_app
from werkzeug.wrappers import Response

from grants.config import Settings
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.proofs.accounts import Account, signs_in
from grants.core.proofs.queries import Browser
from grants.platform.web.database import session
from grants.variables import Provider

ASYMMETRIC = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""How an ID token may be signed: never by a secret that we know too, never not at all."""
SKEW = timedelta(minutes=1)
"""How far the provider's clock may be from ours."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ProvenAccount:
    """Whom the provider showed us, and how that person signed in there."""

    account: Account
    signed_in_at: int | None
    """Seconds of the epoch (`auth_time`); None if the provider does not say."""
    counts: bool
    """Was it done in a way that counts as a second factor here?"""

    @property
    def proved_at(self) -> datetime | None:
        """When a second factor was used there; None if it does not count, or nobody knows when."""
        if not self.counts or self.signed_in_at is None:
            return None
        return min(datetime.fromtimestamp(self.signed_in_at, UTC), clock.now())

    def kept(self) -> dict[str, Any]:
        """For the signed cookie."""
        return asdict(self)

    @classmethod
    def of(cls, facts: dict[str, Any]) -> "ProvenAccount":
        return cls(Account(**facts["account"]), facts["signed_in_at"], facts["counts"])


def install(app: Flask, provider: Provider | None) -> None:
    """Nothing is asked of the provider before a person signs in with it."""
    if provider is None:
        return
    from authlib.integrations.flask_client import OAuth

    from grants.platform.signin.straight import StraightApp

    app.extensions["provider"] = OAuth(app).register(
        "provider",
        client_cls=StraightApp,
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        server_metadata_url=provider.discovery_url,
        client_kwargs={
            "scope": "openid profile email",
            "code_challenge_method": "S256",
            "default_timeout": 10,
        },
    )


def provider_here() -> Provider | None:
    """The provider of this installation, if it has one."""
    settings: Settings = current_app.extensions["settings"]
    return settings.provider


def this_provider() -> Provider:
    """Where none is configured, its pages are not there."""
    return provider_here() or abort(404)


def proves_again(browser: Browser | None) -> str:
    """The name of the provider, if it can show again who sits there; else empty."""
    provider = provider_here()
    if provider is None or not provider.second_factor or browser is None:
        return ""
    linked = signs_in(session(), browser.viewer.person_id or 0, provider.issuer)
    return provider.name if linked else ""


def send_there(back: str, *, again: bool) -> Response:
    """To the provider; `again`: it has to ask the person for everything once more."""
    settings: Settings = current_app.extensions["settings"]
    longest = settings.sign_in_hours_staff * 3600
    more = {"prompt": "login", "max_age": 0} if again else {"max_age": longest}
    with _explain_failures():
        _provider_metadata()
        answer: Response = _provider_client().authorize_redirect(back, **more)
    return answer


def answer_of() -> ProvenAccount:
    """Whom the provider's answer in this request shows; DomainError if it is no good."""
    provider = this_provider()
    options = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
        "sub": {"essential": True},
    }
    with _explain_failures():
        _provider_metadata()
        token = _provider_client().authorize_access_token(
            claims_options=options, leeway=int(SKEW.total_seconds())
        )
        claims = token["userinfo"]
        _refuse_odd(claims["sub"])
    return _shown_by(provider, claims)


def _provider_client() -> Any:
    return current_app.extensions["provider"]


def _provider_metadata() -> dict[str, Any]:
    """The provider's own description, read once; it has to be the issuer's, and sign as we ask."""
    description: dict[str, Any] = _provider_client().load_server_metadata()
    if description.get("issuer") != this_provider().issuer:
        raise ValueError("the discovery document names another issuer")
    offered = description.get("id_token_signing_alg_values_supported") or ["RS256"]
    description["id_token_signing_alg_values_supported"] = [
        name for name in offered if name in ASYMMETRIC
    ]
    return description


@contextmanager
def _explain_failures() -> Iterator[None]:
    """What goes wrong with the provider is told to the person; the log says what it was."""
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError
    from requests import RequestException

    name = this_provider().name
    try:
        yield
    except RequestException as error:
        _log.warning("the provider does not answer: %s", type(error).__name__)
        raise DomainError(
            _("%(provider)s does not answer. Try again, or sign in another way.", provider=name)
        ) from error
    except (AuthlibBaseError, JoseError, KeyError, ValueError, TypeError) as error:
        _log.warning(
            "the provider's answer was refused: %s", getattr(error, "error", None) or error
        )
        raise DomainError(
            _(
                "%(provider)s has not confirmed who you are. Try again, or sign in another way.",
                provider=name,
            )
        ) from error


def _refuse_odd(subject: object) -> None:
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise ValueError("the standard asks for a subject of at most 255 characters")


def _shown_by(provider: Provider, claims: dict[str, Any]) -> ProvenAccount:
    moment, email, name = (claims.get(key) for key in ("auth_time", "email", "name"))
    methods = {claims.get("acr"), *(how for how in claims.get("amr") or () if isinstance(how, str))}
    account = Account(provider.issuer, claims["sub"], str(email or ""), str(name or ""))
    return ProvenAccount(
        account, int(moment) if moment else None, bool(methods & provider.second_factor)
    )


def way_out(back: str) -> str:
    """The address at which a person signs out of the provider too; empty if it has none."""
    try:
        address = _provider_metadata().get("end_session_endpoint") or ""
    except Exception:  # noqa: BLE001 - signing out here has happened already
        return ""
    query = {"client_id": this_provider().client_id, "post_logout_redirect_uri": back}
    return f"{address}?{urlencode(query)}" if address.startswith(("https://", "http://")) else ""
