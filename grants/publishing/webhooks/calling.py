"""Calling an address outside: https alone, never one of an internal network, never a redirect.

The name is looked up once, every address that it stands for must be public, and the connection goes
to the address that was checked: a name that changes in between leads nowhere else.
"""

import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPException, HTTPSConnection
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Timer
from urllib.parse import urlsplit

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _

PATIENCE = 10.0
"""Seconds that a connection and each part of an answer may take."""
LONGEST = 30.0
"""Seconds after which a receiver that answers by drops is hung up on."""
MOST = 400
"""Characters of an address."""


class Unreached(Exception):
    """No answer came."""


def require_public_address(url: str) -> None:
    """DomainError unless it is an https address of a host that is found on the internet now."""
    host, port = require_https(url)
    try:
        public_addresses(host, port)
    except Unreached as trouble:
        raise DomainError(_not_public(host)) from trouble


def _not_public(host: str) -> str:
    return _("%(host)s cannot be used: it is not found, or not on the internet.", host=host)


def require_https(url: str) -> tuple[str, int]:
    """Host and port of an https address; DomainError for another one, and for a number of an
    internal network. Nothing is looked up.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
    except ValueError as trouble:
        raise DomainError(_not_https()) from trouble
    is_plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= MOST
    if parts.scheme != "https" or not host or "@" in parts.netloc or parts.fragment or not is_plain:
        raise DomainError(_not_https())
    with suppress(ValueError):
        if not is_public(str(ip_address(host))):
            raise DomainError(_not_public(host))
    return host, port


def _not_https() -> str:
    example = "https://erp.example.org/events"
    return _("Enter an address that begins with https://, such as %(example)s.", example=example)


def public_addresses(host: str, port: int) -> list[str]:
    """The addresses of a host; Unreached if there are none or one of them is not public."""
    try:
        lines = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as trouble:
        raise Unreached("the name is not found") from trouble
    addresses = list(dict.fromkeys(str(line[4][0]) for line in lines))
    if not addresses or not all(is_public(address) for address in addresses):
        raise Unreached("the address is not public")
    return addresses


_TRANSLATED = ip_network("64:ff9b::/32")
"""IPv4 addresses inside IPv6 ones."""


def is_public(address: str) -> bool:
    """Is it an address of the internet, and none of a private, local or reserved network?"""
    number = ip_address(address.partition("%")[0])
    if isinstance(number, IPv6Address):
        embedded = number.ipv4_mapped or number.sixtofour or number.teredo
        if embedded or number in _TRANSLATED:
            return False
    return number.is_global and not number.is_multicast


class _CheckedConnection(HTTPSConnection):
    """To an address that was checked, under the name of its host."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=PATIENCE, context=context)
        self._checked, self._trusted = address, context

    def connect(self) -> None:
        plain = socket.create_connection((self._checked, self.port), PATIENCE)
        try:
            self.sock = self._trusted.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise

    def hang_up(self) -> None:
        with suppress(OSError):
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_RDWR)


def trusted_context() -> ssl.SSLContext:
    """Certificates are checked as a browser does."""
    return ssl.create_default_context()


def post(url: str, headers: Mapping[str, str], body: str) -> int:
    """Send a body; the status code of the answer. Unreached with what went wrong if none came."""
    parts = urlsplit(url)
    host, port = require_https(url)
    address = public_addresses(host, port)[0]
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _CheckedConnection(host, port, address, trusted_context())
    limit = Timer(LONGEST, connection.hang_up)
    limit.daemon = True
    limit.start()
    try:
        connection.request("POST", path, body.encode(), dict(headers))
        return connection.getresponse().status
    except ssl.SSLError as trouble:
        raise Unreached("the certificate was not accepted") from trouble
    except TimeoutError as trouble:
        raise Unreached("no answer in time") from trouble
    except (OSError, HTTPException) as trouble:
        raise Unreached("the connection failed") from trouble
    finally:
        limit.cancel()
        connection.close()
