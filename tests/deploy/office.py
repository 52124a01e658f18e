"""A machine as an office has it, in namespaces of its own: what is done there is gone afterwards.

The root is this machine's, with a layer over it that takes all that is written; the network has
nothing but itself. PostgreSQL asks for passwords over TCP and has a user postgres, nginx stands
in front, and `systemctl` starts the units of deploy/ (tests/deploy/first_process.py).
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.operations.backups.passwords import PROGRAMS

ROOT = Path(__file__).parents[2]
DOOR = "/run/first-process/door"
"""Is in the root of such a machine alone: no script is to run where it is not."""
NEEDS = ("unshare", "nsenter", "setpriv", "adduser", "runuser", "nginx", "openssl", "curl", "git")
ENTER = """
mount -t overlay overlay -o lowerdir=/,upperdir=$1/new,workdir=$1/work $1/root
mount --rbind /dev $1/root/dev
mount -t proc proc $1/root/proc
mount -t tmpfs tmpfs $1/root/run
mkdir -p $1/root/run/postgresql
ip link set lo up
exec chroot $1/root setsid {python} {first} {source}
"""
SYSTEMCTL = """#!/usr/bin/python3
import json, socket, sys
door = socket.socket(socket.AF_UNIX)
door.connect("/run/first-process/door")
door.send(json.dumps(sys.argv[1:]).encode())
sys.exit(door.recv(1)[0])
"""
PREPARE = """
for folder in {parents}; do chmod o+x $folder; done      # of this root alone
install -m 755 /dev/stdin /usr/local/bin/systemctl <<'END'
{systemctl}END
echo '127.0.0.1 localhost fund.example.org' > /etc/hosts
id postgres > /dev/null 2>&1 || adduser --system --group postgres
install -d -o postgres -g postgres /run/postgresql /srv/postgresql
as_postgres='runuser -u postgres -- {programs}'
$as_postgres/initdb --no-sync -A scram-sha-256 --auth-local=peer -D /srv/postgresql > /dev/null
cat >> /srv/postgresql/postgresql.conf <<'END'
listen_addresses = '127.0.0.1'
unix_socket_directories = '/run/postgresql'
port = 5432
END
$as_postgres/pg_ctl -w -D /srv/postgresql -l /srv/postgresql/log start > /dev/null
live=/etc/letsencrypt/live/fund.example.org
mkdir -p $live /run/nginx
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \\
  -subj /CN=fund.example.org -addext subjectAltName=DNS:fund.example.org \\
  -keyout $live/privkey.pem -out $live/fullchain.pem 2> /dev/null
rm -f /etc/nginx/sites-enabled/*
nginx
"""


@dataclass
class Office:
    """The machine, while it runs."""

    first: int
    folder: Path

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        """A script of root's, with whatever it says in one text."""
        enter = ["nsenter", "--target", str(self.first), "--mount", "--net", "--pid", "--root"]
        path = f"{PROGRAMS}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        environment = {"PATH": path, "LANG": "C.UTF-8", "HOME": "/root"}
        environment["PGHOST"] = "/run/postgresql"  # where Debian's programs look
        environment["CURL_CA_BUNDLE"] = "/etc/letsencrypt/live/fund.example.org/fullchain.pem"
        return subprocess.run(
            [
                *enter,
                "--wdns=/",
                "bash",
                "-eu",
                "-o",
                "pipefail",
                "-c",
                f"[ -e {DOOR} ] || exit 97\n{script}",
            ],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            start_new_session=True,  # no terminal: passwords are read from the input
        )

    def begin(self, script: str) -> None:
        """Something that goes on until the machine ends."""
        done = self.run(f"({script}) < /dev/null > /run/begun.log 2>&1 & sleep 0.1")
        assert done.returncode == 0, done.stdout

    def logs(self) -> str:
        """The ends of what the services said."""
        return self.run("tail -n 30 /run/first-process/*.log /run/begun.log || true").stdout


def lacking() -> list[str]:
    """What this machine would need to be such an office; nothing: it can."""
    return [name for name in NEEDS if not shutil.which(name)] + ["root"] * (os.geteuid() != 0)


@contextmanager
def office() -> Iterator[Office]:
    """Started, prepared as before the first command of the document, and gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="p20-office-"))
    for part in ("new", "work", "root"):
        (folder / part).mkdir()
    first = ROOT / "tests/deploy/first_process.py"
    script = ENTER.format(python="/usr/bin/python3", first=first, source=ROOT)
    words = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"]
    with (folder / "first.log").open("wb") as log:
        holder = subprocess.Popen(
            [*words, "sh", "-euc", script, "sh", str(folder)], stdout=log, stderr=log
        )
    try:
        yield _prepared(holder, folder)
    finally:
        holder.kill()
        holder.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _prepared(holder: subprocess.Popen[bytes], folder: Path) -> Office:
    machine = Office(_first(holder, folder), folder)
    parents = " ".join(str(path) for path in ROOT.parents if str(path) != "/")
    told = machine.run(PREPARE.format(parents=parents, systemctl=SYSTEMCTL, programs=PROGRAMS))
    assert told.returncode == 0, told.stdout + (folder / "first.log").read_text()
    return machine


def _first(holder: subprocess.Popen[bytes], folder: Path) -> int:
    """The first process of the machine, once it is in its own root: before, that is ours."""
    for _ in range(300):
        assert holder.poll() is None, (folder / "first.log").read_text()
        for process in psutil.Process(holder.pid).children():
            if Path(f"/proc/{process.pid}/root{DOOR}").exists():
                return process.pid
        time.sleep(0.1)
    raise AssertionError((folder / "first.log").read_text())
