"""The units for systemd and the configuration of the proxy, as far as they can be checked here."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from flask import Flask

DEPLOY = Path(__file__).parents[2] / "deploy"
KINDS = {".service", ".socket", ".timer"}
UNITS = sorted(path for path in DEPLOY.iterdir() if path.suffix in KINDS)
OF_A_SERVER = re.compile(r"^(User|Group|WorkingDirectory|EnvironmentFile)=.*\n", re.MULTILINE)
ANALYZE = shutil.which("systemd-analyze")


@pytest.mark.skipif(not ANALYZE, reason="systemd is not installed here")
def test_systemd_takes_every_unit(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text().replace("/opt/paragraph20/.venv/bin/flask", "/bin/true")
        (tmp_path / unit.name).write_text(OF_A_SERVER.sub("", text))
    done = subprocess.run(
        [str(ANALYZE), "verify", "--recursive-errors=no", *map(str, tmp_path.iterdir())],
        capture_output=True,
        text=True,
        check=False,
    )
    faults = [line for line in done.stderr.splitlines() if str(tmp_path) in line]
    assert faults == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_calls_commands_and_options_that_exist(unit: Path, app: Flask) -> None:
    for line in re.findall(r"\.venv/bin/flask ([^\"\n]*)", unit.read_text()):
        name, *options = line.replace("'", " ").split()
        command = app.cli.commands[name]
        real = command.real() if hasattr(command, "real") else command
        known = {option for parameter in real.params for option in parameter.opts}
        assert {option for option in options if option.startswith("--")} <= known


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_what_runs_our_code_cannot_become_another_user_nor_write_elsewhere(unit: Path) -> None:
    text = unit.read_text()
    if ".venv/bin/flask" in text:
        for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "User=paragraph20"):
            assert line in text.splitlines()


def test_the_proxy_has_a_page_of_its_own_for_when_nothing_answers() -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    assert "error_page 502 504 =503 /unavailable.html;" in text
    page = (DEPLOY / "unavailable.html").read_text("utf-8")
    assert set(re.findall(r'lang="(\w+)"', page)) == {"en", "ar", "zh", "fr", "ru", "es"}
    assert "src=" not in page  # nothing that the proxy would have to fetch
