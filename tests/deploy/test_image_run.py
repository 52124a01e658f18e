"""The steps of the Dockerfile, run in bare roots, and what they make run: not root, read-only.

No container engine is needed for that: `FROM` is a Debian by debootstrap, `RUN` goes by chroot.
Layers and the push to a registry stay untried. It takes Debian, PyPI and npm, and some minutes.
"""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.deploy.test_packages import ROOT, instructions

LACKING = [name for name in ("debootstrap", "unshare", "chroot") if not shutil.which(name)]
PATHS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
LENT = ("PIP_CERT", "PIP_DEFAULT_TIMEOUT", "NODE_EXTRA_CA_CERTS")
"""How this machine reaches the registries: lent while the image is built."""
CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"
ENTER = 'mount -t proc proc "$1/proc"; mount --rbind /dev "$1/dev"; exec chroot "$1" sh -c "$2"'
RUNS = """set -e
mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"
mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev"
mount -t tmpfs -o mode=700,uid=$2,gid=$2 data "$1/data" && mount -t tmpfs tmp "$1/tmp"
ip link set lo up
exec chroot --userspec="$2:$2" "$1" sh -c "$3" """
LIFE = """cd /opt/paragraph20
flask setup && (flask serve > /tmp/log 2>&1 &)
for _ in $(seq 200); do sleep 1; {health} 2> /dev/null && break; done
flask backup /tmp/x.p20 && flask ledger verify && flask trail verify
! touch /opt/paragraph20/x && id --user"""

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(2400),
    pytest.mark.skipif(bool(LACKING) or os.geteuid() != 0, reason="needs root and debootstrap"),
]


@dataclass
class Stage:
    """The root of one stage, and what its instructions have said so far."""

    root: Path
    folder: str = "/"
    user: str = "0"
    settings: dict[str, str] = field(default_factory=dict)
    health: str = "true"

    def run(self, step: str) -> None:
        """One RUN, with the network of this machine."""
        lent = {name: os.environ[name] for name in LENT if name in os.environ}
        command = ["unshare", "--mount", "--pid", "--fork", "sh", "-c", ENTER, "sh"]
        subprocess.run(
            [*command, str(self.root), f"cd {self.folder} && {step}"],
            env={"PATH": PATHS, "DEBIAN_FRONTEND": "noninteractive", **lent, **self.settings},
            check=True,
        )
        shutil.copy(f"/{CERTIFICATES}", self.root / CERTIFICATES)

    def copy(self, source: Path, names: list[str], target: str) -> None:
        into = self.root / os.path.join(self.folder, target).lstrip("/")  # noqa: PTH118 - / wins
        for name in names:
            found = source / name.lstrip("/")
            into.mkdir(parents=True, exist_ok=True)
            what = f"{found}/." if found.is_dir() else str(found)
            subprocess.run(["/bin/cp", "--archive", what, str(into)], check=True)

    def set(self, pairs: str) -> None:
        for pair in shlex.split(pairs):
            name, _mark, value = pair.partition("=")
            self.settings[name] = value.replace("$PATH", PATHS)


def build(folder: Path) -> Stage:
    """The last stage of the Dockerfile, built."""
    bare, stages = folder / "bare", dict[str, Stage]()
    include = "--include=ca-certificates"
    command = ["debootstrap", "--variant=minbase", include, "trixie", str(bare)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    stage = Stage(bare)
    for word, rest in instructions():
        if word == "FROM":
            stage = Stage(folder / f"stage-{len(stages)}")
            subprocess.run(["/bin/cp", "--archive", str(bare), str(stage.root)], check=True)
            shutil.copy(f"/{CERTIFICATES}", stage.root / CERTIFICATES)
            stages[rest.split()[-1]] = stage
        else:
            instruct(stage, word, rest, stages)
    return stage


def instruct(stage: Stage, word: str, rest: str, stages: dict[str, Stage]) -> None:
    if word == "RUN":
        stage.run(rest)
    elif word == "COPY":
        source, names = ROOT, rest.split()
        if names[0].startswith("--from="):
            source = stages[names.pop(0).partition("=")[2]].root
        stage.copy(source, names[:-1], names[-1])
    elif word == "ENV":
        stage.set(rest)
    elif word == "WORKDIR":
        stage.folder = rest
        (stage.root / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
    elif word == "USER":
        stage.user = rest
    elif word == "HEALTHCHECK":
        stage.health = shlex.join(re.findall(r'"((?:[^"\\]|\\.)*)"', rest))


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("image")
    yield build(folder)
    shutil.rmtree(folder)


def test_the_image_sets_up_serves_and_backs_up_as_its_user_on_a_read_only_root(
    image: Stage,
) -> None:
    command = ["unshare", "--mount", "--pid", "--net", "--fork", "--kill-child", "sh", "-c", RUNS]
    address = {"BASE_URL": "http://localhost:5000"}
    done = subprocess.run(
        [*command, "sh", str(image.root), image.user, LIFE.format(health=image.health)],
        env={**image.settings, **address},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert "The ledger is in order" in done.stdout
    assert "Read-only file system" in done.stdout
    assert done.stdout.splitlines()[-1] == image.user
