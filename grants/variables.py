"""What one variable of the environment says: a number, a word, a file, an address, a provider.

Each function gives its value, or DomainError says which variable to correct and how.
"""

import shlex
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import exponent
from grants.core.kernel.tracing import Collector
from grants.core.people.permissions import Role

ByRole = tuple[tuple[Role, int], ...]
"""A number for each of some roles."""
DISCOVERY = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenID Connect provider: the directory with which the fund's people sign in elsewhere."""

    discovery_url: str
    """Its issuer and `/.well-known/openid-configuration`."""
    client_id: str
    client_secret: str
    name: str
    """What the button calls it."""
    second_factor: frozenset[str] = frozenset()
    """Values of `acr` or `amr` that count as a second factor; none: it is one factor."""

    @property
    def issuer(self) -> str:
        return self.discovery_url.removesuffix(DISCOVERY)


@dataclass(frozen=True, slots=True)
class Keep:
    """For how many days, weeks and months that have a backup the newest of each is kept."""

    daily: int = 14
    weekly: int = 8
    monthly: int = 24


def keep(environ: Mapping[str, str]) -> Keep:
    """The rule of BACKUP_KEEP: `daily=14 weekly=8 monthly=24`."""
    numbers: dict[str, int] = {}
    for part in environ.get("BACKUP_KEEP", "").replace(",", " ").split():
        period, _mark, number = part.partition("=")
        if period not in ("daily", "weekly", "monthly") or not (
            number.isascii() and number.isdigit()
        ):
            raise DomainError(_("BACKUP_KEEP must be like daily=14 weekly=8 monthly=24."))
        numbers[period] = int(number)
    return Keep(**numbers)


def lines(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    """What stands between the commas of a variable."""
    return tuple(part.strip() for part in environ.get(name, "").split(",") if part.strip())


@dataclass(frozen=True, slots=True)
class Listen:
    """An address to answer at."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class CardAccount:
    """A fund's account at the provider of card payments."""

    fund: str
    secret_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    currencies: tuple[str, ...]


def card_accounts(environ: Mapping[str, str]) -> tuple[CardAccount, ...]:
    """The accounts of STRIPE_KEYS, STRIPE_WEBHOOK_SECRETS and CARD_CURRENCIES; DomainError if a
    fund stands in one of them alone.
    """
    names = ("STRIPE_KEYS", "STRIPE_WEBHOOK_SECRETS", "CARD_CURRENCIES")
    keys, secrets, currencies = (_by_fund(environ, name) for name in names)
    if not keys.keys() == secrets.keys() == currencies.keys():
        raise DomainError(_("Name the same funds in %(names)s.", names=", ".join(names)))
    return tuple(
        CardAccount(fund, keys[fund], secrets[fund], _card_currencies(currencies[fund]))
        for fund in keys
    )


def _by_fund(environ: Mapping[str, str], name: str) -> dict[str, str]:
    """`UNVTF=value` for each of some funds; what is wrong is told without the value."""
    pairs = [part.partition("=") for part in lines(environ, name)]
    if any(not (fund and value) for fund, _mark, value in pairs):
        raise DomainError(_("%(name)s must be like UNVTF=value, separated by commas.", name=name))
    return {fund.strip(): value.strip() for fund, _mark, value in pairs}


def _card_currencies(text: str) -> tuple[str, ...]:
    codes = tuple(code.strip().upper() for code in text.split("+"))
    for code in codes:
        if exponent(code) > 2:
            raise DomainError(
                _(
                    "CARD_CURRENCIES: cards cannot pay in %(code)s, which has three decimals.",
                    code=code,
                )
            )
    return codes


def provider(environ: Mapping[str, str]) -> Provider | None:
    """The provider of OIDC_…; DomainError if half of it is missing."""
    url = environ.get("OIDC_DISCOVERY_URL", "").strip()
    client, secret = environ.get("OIDC_CLIENT_ID", ""), environ.get("OIDC_CLIENT_SECRET", "")
    if not (url or client or secret):
        return None
    if not url.endswith(DISCOVERY) or not (url.startswith("https://") or is_local(url)):
        raise DomainError(
            _("OIDC_DISCOVERY_URL must be like https://login.example.org%(end)s.", end=DISCOVERY)
        )
    if not (client and secret):
        raise DomainError(_("Set OIDC_CLIENT_ID and OIDC_CLIENT_SECRET, too."))
    return Provider(
        discovery_url=url,
        client_id=client,
        client_secret=secret,
        name=environ.get("OIDC_NAME") or str(urlsplit(url).hostname),
        second_factor=frozenset(environ.get("OIDC_SECOND_FACTOR", "").split()),
    )


@dataclass(frozen=True, slots=True)
class Mailbox:
    """The mailbox as which e-mails leave: what readers see of it, and how it signs in."""

    address: str = ""
    name: str = ""
    """Shown before the address."""
    reply_to: str = ""
    bounces: str = ""
    """Where the mail server sends what could not be delivered; empty: to the address."""
    token_file: Path | None = None
    token_command: tuple[str, ...] = ()
    """What gives the token of OAuth 2.0 with which it signs in, instead of a password."""


def mailbox(environ: Mapping[str, str]) -> Mailbox:
    """The mailbox of MAIL_FROM and the settings beside it."""
    command = environ.get("MAIL_TOKEN_COMMAND", "")
    try:
        words = tuple(shlex.split(command))
    except ValueError as fault:
        raise DomainError(_("MAIL_TOKEN_COMMAND: a quotation mark is missing.")) from fault
    name, address = _address_in(environ, "MAIL_FROM")
    return Mailbox(
        address=address,
        name=name,
        reply_to=_address_in(environ, "MAIL_REPLY_TO")[1],
        bounces=_address_in(environ, "MAIL_BOUNCES_TO")[1],
        token_file=file(environ, "MAIL_TOKEN_FILE"),
        token_command=words,
    )


def _address_in(environ: Mapping[str, str], name: str) -> tuple[str, str]:
    """Name and address of a variable like `Trust fund <fund@un.org>`; both empty without it."""
    text = environ.get(name, "").strip()
    shown, address = parseaddr(text)
    try:
        if text:
            Address(shown, addr_spec=address)
    except (ValueError, MessageError):
        address = ""
    if text and not (address.count("@") == 1 and text.isprintable()):
        raise DomainError(
            _("%(name)s must be like fund@example.org or Trust fund <fund@example.org>.", name=name)
        )
    return shown, address


def file(environ: Mapping[str, str], name: str) -> Path | None:
    """A file that is there; DomainError if it is not."""
    path = Path(environ[name]) if environ.get(name) else None
    if path and not path.is_file():
        raise DomainError(_("%(name)s: the file %(path)s cannot be found.", name=name, path=path))
    return path


def one_of(environ: Mapping[str, str], name: str, *words: str) -> str:
    """The variable's value: a word of these, or empty; DomainError if it is something else."""
    word = environ.get(name, "").strip().lower()
    if word not in ("", *words):
        raise DomainError(
            _(
                "%(name)s is “%(word)s”; use %(words)s.",
                name=name,
                word=word,
                words=", ".join(words),
            )
        )
    return word


def listen(text: str) -> Listen | None:
    """`PORT`, on this machine alone, or `HOST:PORT`."""
    if not text:
        return None
    host, _colon, port = text.rpartition(":")
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise DomainError(_("METRICS_LISTEN must be like 127.0.0.1:9464."))
    return Listen(host.strip("[]") or "127.0.0.1", int(port))


def collector(environ: Mapping[str, str]) -> Collector | None:
    """The collector of OpenTelemetry, under the names that all its programs have."""
    url = environ.get("OTEL_EXPORTER_OTLP_ENDPOINT", "").strip()
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise DomainError(_("OTEL_EXPORTER_OTLP_ENDPOINT must be like http://127.0.0.1:4318."))
    return Collector(url, environ.get("OTEL_SERVICE_NAME") or "paragraph20")


def count(environ: Mapping[str, str], name: str, default: int, *, least: int = 0) -> int:
    """A whole number of the environment; DomainError if it is something else, or too small."""
    text = environ.get(name, str(default))
    if not (text.isascii() and text.isdigit() and int(text) >= least):
        raise DomainError(
            _(
                "%(name)s is “%(text)s”; use a whole number, %(least)s or more.",
                name=name,
                text=text,
                least=least,
            )
        )
    return int(text)


def by_role(environ: Mapping[str, str], name: str) -> ByRole:
    """`approving_officer=15, auditor=120`: numbers of 1 or more for roles of docs/roles.md."""
    numbers: dict[Role, int] = {}
    for part in environ.get(name, "").replace(",", " ").split():
        role, _mark, number = part.partition("=")
        if role not in [*Role] or not (number.isascii() and number.isdigit() and int(number)):
            raise DomainError(
                _(
                    "%(name)s: “%(part)s” must be like approving_officer=15, with one of these "
                    "roles: %(roles)s.",
                    name=name,
                    part=part,
                    roles=", ".join(Role),
                )
            )
        numbers[Role(role)] = int(number)
    return tuple(numbers.items())


def is_local(url: str) -> bool:
    """Does this address lead to the machine itself, however it is spelled?"""
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return False


def plain(url: str) -> str:
    """Scheme and host in lower case, no slash at the end."""
    scheme, mark, address = url.strip().partition("://")
    host, slash, path = address.partition("/")
    return f"{scheme.lower()}{mark}{host.lower()}{slash}{path}".rstrip("/")


def is_yes(name: str, word: str) -> bool:
    """Yes or no; DomainError if it is something else."""
    if word.lower() not in {*YES, *NO}:
        raise DomainError(_("%(name)s is “%(word)s”; use 1 or 0.", name=name, word=word))
    return word.lower() in YES


YES, NO = ("1", "true", "yes", "on"), ("", "0", "false", "no", "off")


def is_smtp(url: str) -> bool:
    """Is this the address of a mail server?"""
    try:
        parts = urlsplit(url)
        supported = parts.scheme in ("smtp", "smtps") and parts.query in ("", "tls=no")
        return supported and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def is_postgresql(url: str) -> bool:
    """Is this the address of a PostgreSQL database?"""
    try:
        return make_url(url).drivername in ("postgres", "postgresql")
    except (ArgumentError, ValueError):
        return False
