"""`p20ctl`: commands of the service, with its settings, as its user, over its database alone."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from grants import config
from grants.config import Settings
from grants.core.kernel.errors import DomainError

ROOT = Path(__file__).parents[2]
SETTINGS = """# a comment
DATA_DIR=/srv/paragraph20
DATABASE_URL=postgresql://paragraph20:pa$$ #word@127.0.0.1/fund
MAIL_FROM="Trust fund <fund@example.org>"
; another
"""
TELLS = "$(id -un)|$(pwd)|$DATA_DIR|$DATABASE_URL|$DATABASE_OWNER_URL|$MAIL_FROM|$*"
FLASK = f'#!/bin/sh\necho "{TELLS}"\n'


class Server:
    """A folder laid out as on a server, with a `flask` that says how it was called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for part in ("deploy", ".venv/bin"):
            (folder / part).mkdir(parents=True)
        shutil.copy(ROOT / "deploy/p20ctl", folder / "deploy/p20ctl")
        (folder / ".venv/bin/flask").write_text(FLASK)
        (folder / ".venv/bin/flask").chmod(0o755)
        (folder / "env").write_text(SETTINGS)
        (folder / "env").chmod(0o600)
        (folder / "owner").write_text("DATABASE_OWNER_URL=postgresql://owner:x@127.0.0.1/fund\n")

    def run(self, *words: str, user: str = "") -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "P20_ENV": str(self.folder / "env"),
            "P20_OWNER_ENV": str(self.folder / "owner"),
            "P20_USER": user or pwd.getpwuid(os.geteuid()).pw_name,
        }
        command = [str(self.folder / "deploy/p20ctl"), *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="p20ctl-") as folder:
        Path(folder).chmod(0o755)
        yield Server(Path(folder))


def test_a_command_has_the_settings_of_the_service_read_without_a_shell(server: Server) -> None:
    _who, where, data, database, owner, sender, words = (
        server.run("ledger", "verify").stdout.strip().split("|")
    )
    assert where == str(server.folder)
    assert data == "/srv/paragraph20"
    assert database == "postgresql://paragraph20:pa$$ #word@127.0.0.1/fund"
    assert sender == "Trust fund <fund@example.org>"
    assert owner == ""
    assert words == "ledger verify"


def test_commands_that_make_tables_get_the_owners_address(server: Server) -> None:
    assert "postgresql://owner:x@" in server.run("setup").stdout


def test_a_setting_before_the_command_stands_above_the_file(server: Server) -> None:
    told = server.run("DATA_DIR=/srv/drill", "DATABASE_URL=", "restore", "/srv/x.p20").stdout
    assert told.split("|")[2:4] == ["/srv/drill", ""]
    assert told.strip().endswith("restore /srv/x.p20")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
def test_root_becomes_the_user_of_the_service(server: Server) -> None:
    assert server.run("ledger", "verify", user="nobody").stdout.startswith("nobody|")


@pytest.mark.parametrize("words", [["DATABASE_URL=", "ledger", "verify"], ["DATA_DIR=", "demo"]])
def test_no_second_database_is_started_beside_that_of_the_service(
    server: Server, words: list[str]
) -> None:
    if words[0] == "DATA_DIR=":
        (server.folder / "env").write_text("SECRET_KEY=x\n")
        words = words[1:]
    done = server.run(*words)
    assert done.returncode == 1
    assert "no second database" in done.stderr


def test_without_its_settings_it_says_where_they_are_expected(server: Server) -> None:
    (server.folder / "env").unlink()
    assert "env is not there" in server.run("setup").stderr


def test_flask_alone_begins_no_second_installation_where_a_service_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = tmp_path / "paragraph20.env"
    service.touch()
    monkeypatch.setattr(config, "SERVICE", service)
    with pytest.raises(DomainError, match="p20ctl"):
        Settings.from_environment({})
    assert Settings.from_environment({"DATA_DIR": str(tmp_path)}).data_dir == tmp_path
