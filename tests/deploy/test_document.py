"""docs/operations.md names commands, options, units and files that there are."""

import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/operations.md").read_text("utf-8")
CODE = [
    line.partition(" #")[0]
    for block in re.findall(r"^```sh\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    for line in block.replace("\\\n", " ").splitlines()
]
INLINE = re.findall(
    r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", TEXT, flags=re.MULTILINE | re.DOTALL)
)
COMMANDS = sorted(
    {
        match[1].strip()
        for line in [*CODE, *INLINE]
        for part in line.split(" && ")
        for match in re.finditer(r"(?:p20ctl|(?:\.venv/bin/)?flask) ([a-zA-Z$][^;|)]*)", part)
    }
)


def words_of(command: str) -> list[str]:
    """The words of a command, without settings that stand before it."""
    words = shlex.split(command.replace("[", "").replace("]", ""))
    return [word for word in words if not re.match(r"[A-Z_]+=|\$|…", word)]


def test_the_document_has_commands() -> None:
    assert len(COMMANDS) > 30


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_of_the_document_exists_with_its_options(app: Flask, command: str) -> None:
    words = words_of(command)
    if not words or words[0] in {"NAME=VALUE", "COMMAND"}:
        return
    step: Any = app.cli.commands[words.pop(0)]
    step = step.real() if hasattr(step, "real") else step
    while isinstance(step, click.Group) and words:
        step = step.commands[words.pop(0)]
        step = step.real() if hasattr(step, "real") else step
    known = {option for parameter in step.params for option in parameter.opts} | {"--help"}
    assert {word for word in words if word.startswith("--")} <= known


def test_units_and_files_that_the_document_names_are_there() -> None:
    units = {path.name for path in (ROOT / "deploy").iterdir()}
    for line in CODE:
        for words in re.findall(r"systemctl (?:enable --now|start|stop|reload|restart) (.*)", line):
            for name in words.split("&&")[0].split():
                if name.startswith("paragraph20"):
                    full = name if "." in name else f"{name}.service"
                    assert full in units, name
    for link in re.findall(r"\]\(\.\./([^)#]+)\)", TEXT):
        assert (ROOT / link).exists(), link


def test_every_setting_of_the_document_is_read_by_the_software() -> None:
    table = TEXT.partition("| variable | meaning")[2].partition("\n\n")[0]
    named = {
        name
        for line in table.splitlines()[2:]
        for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", line.split("|")[1])
    }
    code = (ROOT / "grants/config.py").read_text() + (ROOT / "grants/variables.py").read_text()
    assert len(named) > 40
    assert {name for name in named if f'"{name}"' not in code} == set()
