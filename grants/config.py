"""Settings: the only reader of the environment."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _


@dataclass(frozen=True, slots=True)
class Settings:
    """How this installation runs. An https BASE_URL makes it production."""

    data_dir: Path
    base_url: str
    port: int = 5000
    database_url: str | None = None
    mail_url: str | None = None
    files_url: str | None = None
    secret_key: str | None = None
    trail_anchors: str | None = None
    print_limit: int = 300
    """Seconds that one document of a run may take to print."""
    testing: bool = False

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the variables of docs/operations.md; DomainError names the one to correct."""
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
            base_url=environ.get("BASE_URL", f"http://localhost:{port}").rstrip("/"),
            port=int(port),
            database_url=environ.get("DATABASE_URL") or None,
            mail_url=environ.get("MAIL_URL") or None,
            files_url=environ.get("FILES_URL") or None,
            secret_key=environ.get("SECRET_KEY") or None,
            trail_anchors=environ.get("TRAIL_ANCHORS") or None,
            print_limit=int(limit),
        )
        settings._check()
        return settings

    @property
    def production(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def host(self) -> str:
        """The only host name that production answers to."""
        return urlsplit(self.base_url).netloc

    def _check(self) -> None:
        if not urlsplit(self.base_url).netloc:
            raise DomainError(_("BASE_URL must be like https://fund.example.org."))
        if self.production and len(self.secret_key or "") < 32:
            raise DomainError(
                _("Set SECRET_KEY to 32 or more random characters: BASE_URL says production.")
            )
        if self.database_url and not _is_postgresql(self.database_url):
            raise DomainError(
                _("DATABASE_URL must be like postgresql://user:password@host/database.")
            )
        if self.mail_url and not _is_smtp(self.mail_url):
            raise DomainError(_("MAIL_URL must be like smtp://user:password@host:587."))

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
                    "%(folder)s cannot be written. Set DATA_DIR to a folder that can.",
                    folder=self.data_dir,
                )
            ) from error


def _is_smtp(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "smtp" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_postgresql(url: str) -> bool:
    try:
        return make_url(url).drivername in ("postgres", "postgresql")
    except (ArgumentError, ValueError):
        return False
