"""`deploy/install` lays out under a folder, changes nothing twice, and takes it all away again."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "deploy/install"
UNITS = {
    path.name
    for kind in ("service", "socket", "timer")
    for path in (ROOT / "deploy").glob(f"*.{kind}")
}


def install(root: Path, *words: str, fails: bool = False) -> str:
    done = subprocess.run(
        [str(SCRIPT), "--root", str(root), *words], capture_output=True, text=True, check=False
    )
    assert bool(done.returncode) == fails, done.stderr
    return done.stderr if fails else done.stdout


def files_of(root: Path) -> dict[str, str]:
    """Every file, link and folder, with its mode and what is in it."""
    return {
        str(path.relative_to(root)): f"{path.lstat().st_mode:o} {_content_of(path)}"
        for path in root.rglob("*")
    }


def _content_of(path: Path) -> str:
    if path.is_symlink():
        return str(path.readlink())
    return path.read_text() if path.is_file() else ""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A machine with nginx."""
    (tmp_path / "etc/nginx/sites-enabled").mkdir(parents=True)
    return tmp_path


def test_it_lays_out_what_the_document_says(root: Path) -> None:
    install(root)
    assert {path.name for path in (root / "etc/systemd/system").iterdir()} == UNITS
    for name in ("paragraph20", "backups", "trail-anchors"):
        assert (root / "srv" / name).stat().st_mode & 0o777 == 0o700
    settings = root / "etc/paragraph20.env"
    assert settings.stat().st_mode & 0o777 == 0o600
    key = settings.read_text().partition("\nSECRET_KEY=")[2].partition("\n")[0]
    assert len(key) == 64
    assert (root / "etc/paragraph20-owner.env").read_text() == "DATABASE_OWNER_URL=\n"
    assert str((root / "usr/local/bin/p20ctl").readlink()) == "/opt/paragraph20/deploy/p20ctl"
    site = root / "etc/nginx/sites-enabled/paragraph20.conf"
    assert site.read_text() == (ROOT / "deploy/nginx.conf").read_text()


def test_a_second_time_it_changes_nothing_that_was_filled_in(root: Path) -> None:
    first = install(root)
    (root / "etc/paragraph20.env").write_text("SECRET_KEY=mine\n")
    (root / "etc/nginx/sites-available/paragraph20.conf").write_text("server {}\n")
    before = files_of(root)
    again = install(root)
    assert files_of(root) == before
    assert "+ " in first
    assert "+ " not in again


def test_units_of_an_older_version_are_replaced(root: Path) -> None:
    install(root)
    unit = root / "etc/systemd/system/paragraph20.service"
    unit.write_text("older")
    assert str(unit) in install(root)
    assert unit.read_text() == (ROOT / "deploy/paragraph20.service").read_text()


def test_undoing_keeps_settings_data_and_backups(root: Path) -> None:
    install(root)
    for name in ("paragraph20/file", "backups/x.p20", "trail-anchors/head"):
        (root / "srv" / name).write_text("kept")
    before = files_of(root)
    said = install(root, "--undo")
    gone = before.keys() - files_of(root).keys()
    assert gone == {
        *(f"etc/systemd/system/{unit}" for unit in UNITS),
        "usr/local/bin/p20ctl",
        "etc/nginx/sites-enabled/paragraph20.conf",
    }
    assert "Kept:" in said
    assert install(root, "--undo").count("+ ") == 0
    install(root)
    assert files_of(root) == before


def test_data_go_by_an_explicit_word_alone_and_backups_never(root: Path) -> None:
    install(root)
    (root / "srv/backups/x.p20").write_text("kept")
    assert "--undo" in install(root, "--delete-data", fails=True)
    install(root, "--undo", "--delete-data")
    assert sorted(name for name, what in files_of(root).items() if not what.startswith("4")) == [
        "srv/backups/x.p20"
    ]
    assert not (root / "srv/paragraph20").exists()


SYSTEMCTL = """#!/bin/sh
# Units that run are files in running/, and those that do not end are named in STUCK.
echo "$*" >> /opt/calls
case $1 in
  is-active) if [ -e /opt/running/$2 ]; then echo active; else echo inactive; exit 3; fi ;;
  disable)
    if [ ! -e /etc/systemd/system/$3 ]; then echo "Unit $3 does not exist" >&2; exit 1; fi
    case " $STUCK " in *" $3 "*) exit 1 ;; esac
    rm -f /opt/running/$3 ;;
  daemon-reload) exit ${RELOAD-0} ;;
esac
"""
UNDO = """
mount -t tmpfs none /opt
mount -t tmpfs none /etc
mount -t tmpfs none /usr/local/bin
mkdir -p /etc/systemd/system /opt/paragraph20/.venv /opt/running
cp -r "$FROM" /opt/paragraph20/deploy
for unit in $PLACED; do touch /etc/systemd/system/$unit; done
for unit in $RUNNING; do touch /opt/running/$unit; done
printf %s "$SYSTEMCTL" > /usr/local/bin/systemctl
chmod 755 /usr/local/bin/systemctl
code=0; /opt/paragraph20/deploy/install --undo || code=$?
ls -d /opt/paragraph20/.venv /etc/systemd/system/* 2> /dev/null > "$OUT/left" || true
ls /opt/running > "$OUT/running"
cat /opt/calls > "$OUT/calls"
exit $code
"""


@dataclass
class Undone:
    """What undoing on a machine left, and what was asked of systemd."""

    code: int
    said: str
    left: set[str]
    running: set[str]
    calls: list[str]


def undone(out: Path, placed: str, running: str, stuck: str = "", reload: int = 0) -> Undone:
    """Undoing where these units are installed, and run, and do not end."""
    unshare = shutil.which("unshare")
    if os.geteuid() or not unshare:
        pytest.skip("mounts of its own need root")
    done = subprocess.run(
        [unshare, "--mount", "sh", "-euc", UNDO],
        env={
            "PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "FROM": str(ROOT / "deploy"),
            "OUT": str(out),
            "SYSTEMCTL": SYSTEMCTL,
            "PLACED": placed,
            "RUNNING": running,
            "STUCK": stuck,
            "RELOAD": str(reload),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    lines = {name: (out / name).read_text().split("\n") for name in ("left", "running", "calls")}
    return Undone(
        done.returncode,
        done.stdout + done.stderr,
        {Path(line).name for line in lines["left"] if line},
        {line for line in lines["running"] if line},
        lines["calls"],
    )


WEB = "paragraph20-web.socket paragraph20-web.service"


def test_what_is_half_installed_is_stopped_and_taken_away(tmp_path: Path) -> None:
    after = undone(tmp_path, WEB, WEB)
    assert after.code == 0, after.said
    assert not after.left
    assert not after.running
    disabled = [call for call in after.calls if call.startswith("disable")]
    assert disabled == [f"disable --now {unit}" for unit in sorted(WEB.split(), reverse=True)]


def test_what_was_never_installed_is_undone_without_systemd(tmp_path: Path) -> None:
    after = undone(tmp_path, "", "", reload=1)
    assert after.code == 0, after.said
    assert not after.left
    after = undone(tmp_path, WEB, "", stuck=WEB, reload=1)
    assert after.code == 0, after.said
    assert not after.left


@pytest.mark.parametrize("placed", [WEB, ""])
def test_nothing_is_taken_from_under_a_service_that_goes_on(tmp_path: Path, placed: str) -> None:
    after = undone(tmp_path, placed, WEB, stuck="paragraph20-web.service")
    assert after.code == 1, after.said
    assert "systemctl stop paragraph20-web.s" in after.said
    assert after.left == {".venv", *placed.split()}


def test_it_refuses_words_that_it_does_not_know_and_tells_those_it_knows(root: Path) -> None:
    assert "--undoo" in install(root, "--undoo", fails=True)
    assert files_of(root).keys() == {"etc", "etc/nginx", "etc/nginx/sites-enabled"}
    told = install(root, "--help")
    assert all(word in told for word in ("--root", "--undo", "--delete-data"))
    assert "set -eu" not in told


def test_it_is_written_for_every_shell() -> None:
    for shell in filter(None, map(shutil.which, ("dash", "bash"))):
        subprocess.run([shell, "-n", str(SCRIPT)], check=True)
