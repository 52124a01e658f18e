"""Settings: the only reader of the environment."""

import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from grants import variables
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.tracing import Collector
from grants.variables import ByRole, CardAccount, Keep, Listen, Mailbox, Provider

SERVICE = Path("/etc/paragraph20.env")
"""Where the settings of a service stand; only root can read them."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How this installation runs."""

    data_dir: Path
    base_url: str
    port: int = 5000
    database_url: str | None = None
    database_pool_url: str | None = None
    """Through PgBouncer in transaction mode; DATABASE_URL is then the way past it."""
    database_read_url: str | None = None
    """Of a standby that answers pages which only show."""
    database_owner_url: str | None = None
    """Of the role that owns the tables; without it DATABASE_URL's does both."""
    mail_url: str | None = None
    mailbox: Mailbox = field(default_factory=Mailbox)
    """As which e-mails leave; without an address as `sender` says."""
    files_url: str | None = None
    backups_url: str = "/srv/backups"
    """Where nightly backups go: a folder or a bucket."""
    backup_recipients: tuple[str, ...] = ()
    """Public keys (age) for which backups are encrypted; none: they are not."""
    backup_keep: Keep = field(default_factory=Keep)
    secret_key: str | None = None
    former_secret_keys: tuple[str, ...] = ()
    """Earlier ones, which still read what they encrypted in the database."""
    trail_anchors: str | None = None
    signing_pkcs11: str | None = None
    """The key that signs documents, on a token, as RFC 7512 names it; else one in DATA_DIR."""
    breached_passphrases: Path | None = None
    """A list of stolen passphrases (SHA-1, in order) of which none may be chosen."""
    scanner_url: str | None = None
    """Of a virus scanner that speaks the protocol of clamd."""
    timestamp_roots: Path | None = None
    """Certificates (PEM) that the time-stamping authority rests on."""
    anchor_mail: tuple[str, ...] = ()
    """Who gets the signed head of the trail by e-mail each night."""
    timestamp_url: str | None = None
    """Of the time-stamping authority (RFC 3161) that says when a document was signed."""
    print_limit: int = 300
    """Seconds that one document of a run may take to print."""
    idle_minutes: int = 240
    idle_minutes_staff: int = 60
    idle_minutes_by_role: ByRole = ()
    """After so many minutes without a request a browser is signed out. Staff: roles that need a
    second factor. By role: where a role has a limit of its own.
    """
    sign_in_hours: int = 24
    sign_in_hours_staff: int = 12
    sign_in_hours_by_role: ByRole = ()
    """After so many hours a browser is signed out in any case."""
    step_up_minutes: int = 10
    """How long a proof of who sits there is good enough to approve, pay or change bank details."""
    sign_in_failures: int = 300
    """How many tries to sign in may fail in an hour, in total, before newcomers wait longer."""
    upload_megabytes: int = 500
    upload_files: int = 5000
    files_keep_days: int = 30
    """How long a file to which nothing refers is left; 0: for good."""
    """How much an organisation may keep in all, and how many files."""
    trusted_proxies: int = 0
    """How many proxies of our own a request passes; each adds the address it was asked from."""
    provider: Provider | None = None
    """Where staff sign in with their organisation's own account; None: nowhere."""
    card_accounts: tuple[CardAccount, ...] = ()
    """Where funds take payments by card; none: they do not."""
    log_format: str = ""
    """`json` or `text`; empty: JSON in production."""
    log_level: str = ""
    """`debug`, `info`, `warning` or `error`; empty: `info` in production, else `warning`."""
    log_client: str = ""
    """What of a visitor's address is logged: nothing, its `network`, or the `address`."""
    metrics_listen: Listen | None = None
    """Where `flask serve` answers Prometheus; None: nowhere."""
    collector: Collector | None = None
    """Of OpenTelemetry, which is told what requests and jobs took; None: nobody is."""
    declared_production: bool = False
    """PRODUCTION=1; any BASE_URL that is not this machine's own says the same."""
    testing: bool = False

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the variables of docs/operations.md; DomainError names the one to correct."""
        _refuse_second_installation(environ)
        port = environ.get("PORT", "5000")
        if not port.isdigit() or not 0 < int(port) < 65536:
            raise DomainError(_("PORT is “%(port)s”; use a number like 5000.", port=port))
        limit = environ.get("PRINT_LIMIT", "300")
        if not limit.isdigit() or int(limit) < 1:
            raise DomainError(
                _("PRINT_LIMIT is “%(limit)s”; use a number of seconds like 300.", limit=limit)
            )
        settings = cls(
            data_dir=Path(environ.get("DATA_DIR", "instance")).resolve(),
            base_url=variables.plain(environ.get("BASE_URL") or f"http://localhost:{port}"),
            port=int(port),
            database_url=environ.get("DATABASE_URL") or None,
            database_pool_url=environ.get("DATABASE_POOL_URL") or None,
            database_read_url=environ.get("DATABASE_READ_URL") or None,
            database_owner_url=environ.get("DATABASE_OWNER_URL") or None,
            mail_url=environ.get("MAIL_URL") or None,
            mailbox=variables.mailbox(environ),
            files_url=environ.get("FILES_URL") or None,
            backups_url=environ.get("BACKUPS_URL") or "/srv/backups",
            backup_recipients=variables.lines(environ, "BACKUP_RECIPIENTS"),
            backup_keep=variables.keep(environ),
            secret_key=environ.get("SECRET_KEY") or None,
            former_secret_keys=tuple(environ.get("FORMER_SECRET_KEYS", "").split()),
            trail_anchors=environ.get("TRAIL_ANCHORS") or None,
            signing_pkcs11=environ.get("SIGNING_PKCS11") or None,
            breached_passphrases=variables.file(environ, "BREACHED_PASSPHRASES"),
            scanner_url=environ.get("SCANNER_URL") or None,
            timestamp_url=environ.get("TIMESTAMP_URL") or None,
            timestamp_roots=variables.file(environ, "TIMESTAMP_ROOTS"),
            anchor_mail=tuple(environ.get("TRAIL_ANCHOR_MAIL", "").replace(",", " ").split()),
            print_limit=int(limit),
            idle_minutes=variables.count(environ, "IDLE_MINUTES", 240, least=1),
            idle_minutes_staff=variables.count(environ, "IDLE_MINUTES_STAFF", 60, least=1),
            idle_minutes_by_role=variables.by_role(environ, "IDLE_MINUTES_BY_ROLE"),
            sign_in_hours=variables.count(environ, "SIGN_IN_HOURS", 24, least=1),
            sign_in_hours_staff=variables.count(environ, "SIGN_IN_HOURS_STAFF", 12, least=1),
            sign_in_hours_by_role=variables.by_role(environ, "SIGN_IN_HOURS_BY_ROLE"),
            step_up_minutes=variables.count(environ, "STEP_UP_MINUTES", 10),
            sign_in_failures=variables.count(environ, "SIGN_IN_FAILURES", 300, least=1),
            upload_megabytes=variables.count(environ, "UPLOAD_MEGABYTES", 500, least=1),
            upload_files=variables.count(environ, "UPLOAD_FILES", 5000, least=1),
            files_keep_days=variables.count(environ, "FILES_KEEP_DAYS", 30),
            trusted_proxies=variables.count(environ, "TRUSTED_PROXIES", 0),
            provider=variables.provider(environ),
            card_accounts=variables.card_accounts(environ),
            log_format=variables.one_of(environ, "LOG_FORMAT", "json", "text"),
            log_level=variables.one_of(environ, "LOG_LEVEL", "debug", "info", "warning", "error"),
            log_client=variables.one_of(environ, "LOG_CLIENT", "network", "address"),
            metrics_listen=variables.listen(environ.get("METRICS_LISTEN", "")),
            collector=variables.collector(environ),
            declared_production=variables.is_yes("PRODUCTION", environ.get("PRODUCTION", "")),
        )
        settings._check_addresses()
        return settings

    @property
    def production(self) -> bool:
        return self.declared_production or not variables.is_local(self.base_url)

    @property
    def host(self) -> str:
        """The only host name that production answers to."""
        return urlsplit(self.base_url).netloc

    def _check_addresses(self) -> None:
        if not urlsplit(self.base_url).netloc:
            raise DomainError(_("BASE_URL must be like https://fund.example.org."))
        if self.production:
            self._check_production()
        if self.database_url and not variables.is_postgresql(self.database_url):
            raise DomainError(
                _("DATABASE_URL must be like postgresql://user:password@host/database.")
            )
        self._check_other_ways()
        if urlsplit(self.timestamp_url or "https://").scheme not in ("http", "https"):
            raise DomainError(_("TIMESTAMP_URL must be like https://timestamp.example.org."))
        if self.mail_url and not variables.is_smtp(self.mail_url):
            raise DomainError(_("MAIL_URL must be like smtp://user:password@host:587."))

    def _check_other_ways(self) -> None:
        """To the same database: as its owner, through a pool, and to a copy of it."""
        owner, pool = self.database_owner_url, self.database_pool_url
        copy = self.database_read_url
        if owner and not (self.database_url and variables.is_postgresql(owner)):
            raise DomainError(
                _(
                    "DATABASE_OWNER_URL needs DATABASE_URL as well, and is the same "
                    "address with another role."
                )
            )
        if pool and not (self.database_url and variables.is_postgresql(pool)):
            raise DomainError(
                _(
                    "DATABASE_POOL_URL needs DATABASE_URL as well, and is the address"
                    " of the same database through a connection pool."
                )
            )
        if copy and not (self.database_url and variables.is_postgresql(copy)):
            raise DomainError(
                _(
                    "DATABASE_READ_URL needs DATABASE_URL as well, and is the address"
                    " of a standby of the same database."
                )
            )

    def _check_production(self) -> None:
        self._refuse_root()
        if len(self.secret_key or "") < 32 or len(set(self.secret_key or "")) < 8:
            raise DomainError(_("Set SECRET_KEY to 32 or more random characters for production."))
        if not (self.base_url.startswith("https://") or variables.is_local(self.base_url)):
            raise DomainError(_("BASE_URL must begin with https:// for production."))

    def _refuse_root(self) -> None:
        """What root writes into a folder of another user, that one cannot read later."""
        owner = self.data_dir.stat().st_uid if self.data_dir.is_dir() else 0
        if owner and os.geteuid() == 0:
            raise DomainError(
                _(
                    "%(folder)s belongs to the user %(name)s, who could not read what root writes "
                    "there. Run it as that user: runuser -u %(name)s -- .venv/bin/flask …",
                    folder=self.data_dir,
                    name=self.data_dir.owner(),
                )
            )

    @property
    def sender(self) -> Mailbox:
        """The mailbox of the settings; without one, `fund` at the host of BASE_URL."""
        if self.mailbox.address:
            return self.mailbox
        return replace(self.mailbox, address=f"fund@{self.host.split(':')[0]}")

    @property
    def logs_json(self) -> bool:
        return self.log_format == "json" or (self.production and not self.log_format)

    @property
    def level(self) -> str:
        """From which level on our own loggers write."""
        return (self.log_level or ("info" if self.production else "warning")).upper()

    @property
    def counts(self) -> Path:
        """Where the web processes leave what they count for Prometheus: each `flask serve` has a
        folder of its own, as several hosts may share DATA_DIR.
        """
        return self.data_dir / "metrics" / f"{socket.gethostname()}-{self.port}"

    @property
    def anchors(self) -> Path:
        """Where the signed heads of the trail are kept: outside the database."""
        return Path(self.trail_anchors) if self.trail_anchors else self.data_dir / "trail-anchors"

    def secret(self) -> str:
        """SECRET_KEY, or in development one made once and kept in DATA_DIR."""
        if self.secret_key:
            return self.secret_key
        path = self.data_dir / "secret-key"
        try:
            if not path.exists():
                self.data_dir.mkdir(parents=True, exist_ok=True)
                path.touch(mode=0o600)
                path.write_text(secrets.token_hex(32))
            return path.read_text()
        except OSError as error:
            raise DomainError(
                _(
                    "%(folder)s is not writable. Set DATA_DIR to a writable folder.",
                    folder=self.data_dir,
                )
            ) from error


def _refuse_second_installation(environ: Mapping[str, str]) -> None:
    """DomainError where a command would begin an embedded database of its own, in this folder, on a
    machine whose service has settings elsewhere.
    """
    if SERVICE.exists() and not (environ.get("DATABASE_URL") or environ.get("DATA_DIR")):
        raise DomainError(
            _(
                "A service is already installed on this machine, with the settings in "
                "%(file)s. Use deploy/p20ctl for its commands, or set DATA_DIR to use an "
                "installation of your own.",
                file=SERVICE,
            )
        )


def handed_socket() -> bool:
    """Was this process started with a socket that listens, by systemd or by itself before?"""
    return os.environ.get("LISTEN_FDS") == "1" and os.environ.get("LISTEN_PID") == str(os.getpid())


def former_parts() -> dict[int, str]:
    """The processes of the program that this one replaces, by number and name."""
    pairs = (word.split(":") for word in os.environ.pop("FORMER_PARTS", "").split())
    return {int(number): name for number, name in pairs}


def count_into(folder: Path) -> None:
    """Let what counts requests for Prometheus leave its figures in files there."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def environment_with(**more: str) -> dict[str, str]:
    """The environment of this process and more, for a program that it starts."""
    return {**os.environ, **more}
