"""What a fresh machine lacks is installed where that is ours to do, or named in one line."""

import os
import shutil
from pathlib import Path

import pytest

from grants import machine


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that would be run; none is. apt-get is there, and knows every package."""
    run: list[str] = []

    def succeed(command: list[str]) -> bool:
        run.append(" ".join(command))
        return True

    monkeypatch.setattr(machine, "_succeeds", succeed)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    return run


def be(monkeypatch: pytest.MonkeyPatch, user: int) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)


def test_root_on_debian_gets_what_is_missing(
    commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    be(monkeypatch, 0)
    machine.provide([machine.PANGO, machine.SUBSETTER])
    wanted = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    assert commands == [f"apt-get install --yes --no-install-recommends {wanted}"]


def test_old_package_lists_are_renewed_once(
    commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    be(monkeypatch, 0)

    def succeed_after_update(command: list[str]) -> bool:
        commands.append(command[1])
        return "update" in commands

    monkeypatch.setattr(machine, "_succeeds", succeed_after_update)
    machine.provide([machine.CHROMIUM])
    assert commands == ["install", "update", "install"]


def test_anybody_else_is_told_the_one_command(
    commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    be(monkeypatch, 1000)
    with pytest.raises(machine.Trouble) as told:
        machine.provide([machine.CHROMIUM])
    assert str(told.value) == (
        "this machine lacks Chromium (the browser tests drive it); "
        "run: sudo apt-get install --yes --no-install-recommends chromium"
    )
    assert commands == []


def test_on_a_mac_the_command_is_for_homebrew(monkeypatch: pytest.MonkeyPatch) -> None:
    be(monkeypatch, 501)
    monkeypatch.setattr(shutil, "which", lambda name: name if name == "brew" else None)
    with pytest.raises(machine.Trouble, match=r"run: brew install pango harfbuzz$"):
        machine.provide([machine.PANGO, machine.SUBSETTER])


def test_a_library_that_is_not_there_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(machine.LIBRARIES, "no-such-library-1.0", machine.PANGO)
    assert machine.missing_libraries() == [machine.PANGO]


def test_all_that_is_lacking_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_can_load", lambda _name: False)
    monkeypatch.setattr(machine, "chromium", lambda: None)
    monkeypatch.setattr(machine, "find_spec", lambda _name: None)
    monkeypatch.setattr(machine, "_is_whole", lambda: False)
    everything = [machine.PANGO, machine.SUBSETTER, machine.VENV_MODULE, machine.CHROMIUM]
    assert machine.lacking(tests=True) == everything
    assert machine.CHROMIUM not in machine.lacking(tests=False)


def test_packages_are_installed_once_for_each_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    times: list[str] = []
    monkeypatch.setattr(machine, "ROOT", tmp_path)
    monkeypatch.setattr(machine, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(
        machine, "_run_quietly", lambda command, _trouble: times.append(str(command[-1]))
    )
    machine.VENV.mkdir()
    lock = tmp_path / "requirements.txt"
    for content in ("flask==1", "flask==1", "flask==2"):
        lock.write_text(content)
        machine.install_python_packages("requirements.txt")
    assert times == [str(lock)] * 2


@pytest.mark.parametrize(
    ("said", "enough"), [("v24.19.0", True), ("v20.19.0", True), ("v18.19.1", False), ("", False)]
)
def test_a_node_too_old_for_sass_is_noticed(said: str, enough: bool, tmp_path: Path) -> None:
    node = tmp_path / "node"
    node.write_text(f"#!/bin/sh\necho {said}\n")
    node.chmod(0o755)
    assert (machine._node_version(str(node)) >= machine.NODE_SINCE) == enough


def test_trouble_is_one_line_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    assert machine.main([]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("Set-up stopped: ")
    assert printed.err.count("\n") == 1
