"""A setting that cannot be is answered by one line that names it, never by a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grants.config import Settings
from grants.core.kernel.errors import DomainError
from grants.core.people.permissions import Role

ROOT = Path(__file__).parents[1]


KEY = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    "environment",
    [
        {"PRODUCTION": "1"},
        {"PRODUCTION": "yes", "BASE_URL": "http://localhost:8000"},
        {"BASE_URL": "https://fund.example.org"},
        {"BASE_URL": "HTTPS://Fund.Example.ORG/"},
        {"BASE_URL": " https://fund.example.org", "PRODUCTION": "0"},
        {"BASE_URL": "https://localhost.example.org"},
        {"BASE_URL": "https://10.0.0.7"},
    ],
)
def test_production_is_declared_or_follows_from_the_address(environment: dict[str, str]) -> None:
    settings = Settings.from_environment({"SECRET_KEY": KEY, **environment})
    assert settings.production
    if "localhost:" not in settings.base_url:
        assert settings.base_url == settings.base_url.lower().strip("/ ")
    with pytest.raises(DomainError, match="SECRET_KEY"):
        Settings.from_environment(environment)
    with pytest.raises(DomainError, match="SECRET_KEY"):
        Settings.from_environment({"SECRET_KEY": "a" * 32, **environment})


def test_root_does_not_write_into_the_data_of_another_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = {"BASE_URL": "https://x.org", "SECRET_KEY": KEY, "DATA_DIR": str(tmp_path)}
    assert Settings.from_environment(environment).production
    if os.geteuid() == 0:
        os.chown(tmp_path, 65534, -1)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(DomainError, match=f"Run it as that user: runuser -u {tmp_path.owner()} --"):
        Settings.from_environment(environment)


@pytest.mark.parametrize(
    "address",
    ["", "http://LOCALHOST:5000", "http://127.0.0.1", "http://127.8.8.8:1", "http://[::1]:5000"],
)
def test_an_address_of_this_machine_is_development(address: str) -> None:
    assert not Settings.from_environment({"BASE_URL": address}).production


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "abc"),
        ("PORT", "70000"),
        ("PRINT_LIMIT", "0"),
        ("PRINT_LIMIT", "soon"),
        ("BASE_URL", "fund.example.org"),
        ("DATABASE_URL", "mysql://localhost/fund"),
        ("DATABASE_URL", "postgresql://user:word@host:port/fund"),
        ("MAIL_URL", "mail.example.org"),
        ("MAIL_URL", "smtp://host:port"),
        ("MAIL_URL", "smtp://host?tls=maybe"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"),
        ("PRODUCTION", "perhaps"),
        ("IDLE_MINUTES", "0"),
        ("SIGN_IN_HOURS_STAFF", "half"),
        ("IDLE_MINUTES_BY_ROLE", "approving_officer"),
        ("IDLE_MINUTES_BY_ROLE", "approving_officer=0"),
        ("IDLE_MINUTES_BY_ROLE", "approving_officer=15 minister=5"),
        ("SIGN_IN_HOURS_BY_ROLE", "auditor=-1"),
        ("BASE_URL", "http://fund.example.org"),
    ],
)
def test_a_setting_that_cannot_be_is_named(name: str, value: str) -> None:
    with pytest.raises(DomainError, match=name):
        Settings.from_environment({"SECRET_KEY": KEY, name: value})


def test_single_roles_have_limits_of_their_own() -> None:
    said = {"IDLE_MINUTES_BY_ROLE": "approving_officer=15, auditor=120"}
    kept = Settings.from_environment(said)
    assert kept.idle_minutes_by_role == ((Role.APPROVING_OFFICER, 15), (Role.AUDITOR, 120))
    assert kept.sign_in_hours_by_role == ()


def test_a_mail_server_is_named_with_or_without_a_sign_in() -> None:
    for url in ("smtp://localhost", "smtp://user:word@mail.example.org:587"):
        assert Settings.from_environment({"MAIL_URL": url}).mail_url == url


def test_production_does_not_start_without_a_secret() -> None:
    with pytest.raises(DomainError, match="SECRET_KEY"):
        Settings.from_environment({"BASE_URL": "https://fund.example.org"})


def test_the_development_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new", base_url="http://localhost")
    assert settings.secret() == settings.secret()
    assert (tmp_path / "new" / "secret-key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("PORT=abc", "PORT is “abc”"),
        ("DATA_DIR=app.py", "Set DATA_DIR"),
        ("DATABASE_URL=postgresql://127.0.0.1:1/fund", "The database does not answer"),
    ],
)
def test_a_command_tells_it_in_one_line(setting: str, told: str, tmp_path: Path) -> None:
    name, _, value = setting.partition("=")
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "DATA_DIR": str(tmp_path)}
    environment[name] = value
    done = subprocess.run(
        [sys.executable, "-m", "flask", "setup"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (1, 2)
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


PROVIDER = {
    "OIDC_DISCOVERY_URL": "https://login.example.org/fund/.well-known/openid-configuration",
    "OIDC_CLIENT_ID": "paragraph-20",
    "OIDC_CLIENT_SECRET": "kept between the two",
}


def test_a_provider_is_its_issuer_and_what_counts_as_a_second_factor() -> None:
    settings = Settings.from_environment(PROVIDER | {"OIDC_SECOND_FACTOR": "mfa hwk"})
    assert settings.provider
    assert settings.provider.issuer == "https://login.example.org/fund"
    assert settings.provider.name == "login.example.org"
    assert settings.provider.second_factor == {"mfa", "hwk"}
    assert Settings.from_environment({}).provider is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"OIDC_DISCOVERY_URL": "https://login.example.org"},
        {"OIDC_DISCOVERY_URL": PROVIDER["OIDC_DISCOVERY_URL"].replace("https", "http")},
        {"OIDC_DISCOVERY_URL": ""},
        {"OIDC_CLIENT_SECRET": ""},
    ],
)
def test_half_a_provider_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(DomainError, match="OIDC_"):
        Settings.from_environment(PROVIDER | wrong)


def test_former_secrets_stand_one_after_the_other() -> None:
    said = {"FORMER_SECRET_KEYS": f"{KEY}  the-one-before-it"}
    assert Settings.from_environment(said).former_secret_keys == (KEY, "the-one-before-it")
