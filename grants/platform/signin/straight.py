"""The provider is asked at its own addresses alone: an answer that leads elsewhere is refused."""

from typing import Any

from authlib.integrations.flask_client import FlaskOAuth2App
from authlib.integrations.requests_client import OAuth2Session
from requests import Response, TooManyRedirects


class _Straight(OAuth2Session):  # type: ignore[misc]
    """A session that follows no redirect."""

    def request(self, method: str, url: str, **options: Any) -> Response:
        answer: Response = super().request(method, url, **{**options, "allow_redirects": False})
        if answer.is_redirect:
            raise TooManyRedirects("the provider's answer leads elsewhere", response=answer)
        return answer


class StraightApp(FlaskOAuth2App):  # type: ignore[misc]
    """Our side of OpenID Connect."""

    client_cls = _Straight
