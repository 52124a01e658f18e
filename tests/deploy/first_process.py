"""What systemd does for the units of deploy/, as far as they use it.

Runs as the first process of a root where no systemd can (tests/deploy/office.py); `systemctl`
there writes its words to our socket. A service sees the file system as `ProtectSystem=strict`,
`PrivateTmp` and `ReadWritePaths` leave it: read-only but for a few folders.
"""

import contextlib
import importlib.machinery
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOM = Path("/run/first-process")
UNITS = Path("/etc/systemd/system")
LISTENING = 3
SOURCE = sys.argv[1]
"""The checkout whose .venv is used: seen by services too, where it lies below /tmp."""
GUARD = """
mount --make-rprivate /
for path in $WRITABLE; do mount --bind $path $path; done
(umask 022; mkdir -p $KEPT) && mount --rbind $SOURCE $KEPT
mount -o remount,bind,ro /
for path in $WRITABLE; do mount -o remount,bind,rw $path; done
mount -t tmpfs tmpfs /tmp
case $SOURCE in /tmp/*) (umask 022; mkdir -p $SOURCE); mount --rbind $KEPT $SOURCE;; esac
unset WRITABLE SOURCE KEPT
exec setpriv --reuid $RUN_AS --regid $RUN_AS --init-groups --no-new-privs \\
  sh -c 'LISTEN_PID=$$; export LISTEN_PID; exec "$@"' sh "$@"
"""


def settings_in(path: str) -> dict[str, str]:
    """As systemd reads an EnvironmentFile; p20ctl has to read it the same way."""
    loader = importlib.machinery.SourceFileLoader("p20ctl", "/opt/paragraph20/deploy/p20ctl")
    spec = importlib.util.spec_from_loader("p20ctl", loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return dict(module.settings_in(Path(path).read_text("utf-8")))


def unit(name: str) -> dict[str, list[str]]:
    """The directives of a unit; those of all sections together, as no name occurs twice."""
    lines = (UNITS / name).read_text().splitlines()
    read: dict[str, list[str]] = {}
    for line in lines:
        key, mark, value = line.partition("=")
        if mark and not line.startswith("#"):
            read.setdefault(key, []).append(value)
    return read


class Machine:
    """The services that run."""

    def __init__(self) -> None:
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.listening = False

    def start(self, name: str) -> int:
        if name.endswith(".timer"):
            return 0 if (UNITS / name).exists() else 5
        if name.endswith(".socket"):
            return self._listen(name)
        told = unit(name)
        for needed in " ".join(told.get("Requires", [])).split():
            self.start(needed)
        if name in self.running and self.running[name].poll() is None:
            return 0
        process = self._run(name, told)
        if told.get("Type") == ["oneshot"]:
            return process.wait()
        self.running[name] = process
        return 0

    def _listen(self, name: str) -> int:
        if not self.listening:
            host, _colon, port = unit(name)["ListenStream"][0].rpartition(":")
            door = socket.create_server((host, int(port)), backlog=2048)
            os.dup2(door.fileno(), LISTENING, inheritable=True)
            self.listening = True
        return 0

    def _run(self, name: str, told: dict[str, list[str]]) -> subprocess.Popen[bytes]:
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
        for path in told.get("EnvironmentFile", []):
            environment |= settings_in(path)
        handed = self.listening and "Requires" in told
        environment |= {"LISTEN_FDS": "1"} if handed else {}
        guard = {
            "WRITABLE": " ".join(told.get("ReadWritePaths", [])),
            "SOURCE": SOURCE,
            "KEPT": "/run/source",
            "RUN_AS": told["User"][0],
        }
        with (ROOM / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [
                    "/usr/bin/unshare",
                    "--mount",
                    "sh",
                    "-euc",
                    GUARD,
                    "sh",
                    *told["ExecStart"][0].split(),
                ],
                cwd=told["WorkingDirectory"][0],
                env=environment | guard,
                pass_fds=(LISTENING,) if handed else (),
                umask=int(told["UMask"][0], 8),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def stop(self, name: str) -> int:
        process = self.running.pop(name, None)
        if process and process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                return process.wait(40) * 0
            os.killpg(process.pid, signal.SIGKILL)
        return 0

    def reload(self, name: str) -> int:
        process = self.running.get(name)
        if not process or process.poll() is not None:
            return 1
        command = unit(name)["ExecReload"][0].replace("$MAINPID", str(process.pid))
        return subprocess.run(command.split(), check=False).returncode

    def act(self, words: list[str]) -> int:
        verb, *names = [word for word in words if word != "--now"]
        names = [name if "." in name else f"{name}.service" for name in names]
        acts: dict[str, Any] = {"start": [self.start], "enable": [self.start], "stop": [self.stop]}
        acts |= {"restart": [self.stop, self.start], "reload": [self.reload]}
        if verb == "daemon-reload":
            return 0
        return max((act(name) for name in names for act in acts[verb]), default=0)


def main() -> None:
    ROOM.mkdir()
    machine = Machine()
    os.dup2(os.open(os.devnull, os.O_RDONLY), LISTENING)  # free for the socket of the units
    door = socket.socket(socket.AF_UNIX)
    door.bind(str(ROOM / "door"))
    door.listen()
    while True:
        caller, _address = door.accept()
        with caller:
            try:
                code = machine.act(json.loads(caller.recv(65536)))
            except (OSError, KeyError, ValueError) as trouble:
                sys.stderr.write(f"{trouble!r}\n")
                code = 5
            time.sleep(0.1)
            caller.send(bytes([code % 256]))


if __name__ == "__main__":
    main()
