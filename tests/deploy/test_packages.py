"""The container, the compose file and the manifests fit the software that they carry.

No container engine runs here, so they are read: each command, setting, user and version in them.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask

from grants import machine
from grants.config import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (ROOT / "Dockerfile").read_text()
MANIFESTS = [
    document
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    for document in yaml.safe_load_all(path.read_text())
]
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
OURS = {name: it for name, it in COMPOSE["services"].items() if "paragraph20" in it["image"]}


def instructions() -> list[tuple[str, str]]:
    """Each instruction of the Dockerfile in one line."""
    text = re.sub(r"^\s*#.*\n", "", DOCKERFILE, flags=re.MULTILINE).replace("\\\n", " ")
    lines = (line.strip().partition(" ") for line in text.splitlines() if line.strip())
    return [(word, rest.strip()) for word, _space, rest in lines]


def test_the_image_is_made_in_two_stages_of_the_same_system_and_is_not_root() -> None:
    words = [word for word, _rest in instructions()]
    bases = [rest.split()[0] for word, rest in instructions() if word == "FROM"]
    assert len(bases) == 2
    assert len(set(bases)) == 1
    (user,) = (rest for word, rest in instructions() if word == "USER")
    assert user.isdigit()
    assert int(user) > 0
    assert f"--uid {user}" in DOCKERFILE
    assert {"HEALTHCHECK", "ENTRYPOINT", "VOLUME"} <= set(words)
    assert words.index("USER") > words.index("VOLUME") - 2


def test_the_image_installs_by_hash_and_has_the_libraries_that_the_set_up_names() -> None:
    installs = re.findall(r"pip install ([^\n\\&]*)", DOCKERFILE)
    assert len(installs) == 2
    assert all("--require-hashes" in options for options in installs)
    for need in (machine.PANGO, *machine.LIBRARIES.values()):
        assert set(need.debian.split()) <= set(DOCKERFILE.split())


def test_what_the_image_copies_is_there_and_is_let_through() -> None:
    let = (ROOT / ".dockerignore").read_text().splitlines()
    for word, rest in instructions():
        if word == "COPY" and not rest.startswith("--from"):
            for name in rest.split()[:-1]:
                assert (ROOT / name).exists(), name
                assert f"!{name}" in let, name
    assert let[0] == "*"


def test_the_image_has_a_python_that_the_software_runs_on() -> None:
    assert "FROM debian:13" in DOCKERFILE  # Python 3.13
    assert 'requires-python = ">=3.11"' in (ROOT / "pyproject.toml").read_text()


def containers(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The containers of a manifest, however deep they stand."""
    for key, value in document.items():
        if key == "containers":
            yield from value
        elif isinstance(value, dict):
            yield from containers(value)


CONTAINERS = [it for document in MANIFESTS for it in containers(document)]


@pytest.mark.parametrize(
    "words",
    [*(it["args"] for it in CONTAINERS), *(it["command"] for it in OURS.values())],
    ids=" ".join,
)
def test_every_command_exists_with_its_options(app: Flask, words: list[str]) -> None:
    command: Any = app.cli.commands[words[0]]
    real = command.real() if hasattr(command, "real") else command
    options = [word for word in words[1:] if word.startswith("--")]
    assert set(options) <= {option for parameter in real.params for option in parameter.opts}
    plain = [word for word in words[1:] if not word.startswith(("-", "/"))]
    assert set(plain) <= set(getattr(real, "commands", {}))


def test_every_container_is_shut_in() -> None:
    assert {it["name"] for it in CONTAINERS} == {"setup", "web", "worker", "backup"}
    for it in CONTAINERS:
        guard = it["securityContext"]
        assert guard["readOnlyRootFilesystem"]
        assert not guard["allowPrivilegeEscalation"]
        mounted = {mount["mountPath"] for mount in it["volumeMounts"]}
        assert {"/data", "/tmp"} <= mounted  # noqa: S108 - of the container
    for service in OURS.values():
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]


def test_volumes_and_references_of_the_manifests_fit_together() -> None:
    named = {(document["kind"], document.get("metadata", {}).get("name")) for document in MANIFESTS}
    text = "".join(path.read_text() for path in (DEPLOY / "kubernetes").glob("*.yaml"))
    for claim in re.findall(r"claimName: ([\w-]+)", text):
        assert ("PersistentVolumeClaim", claim) in named
    (whole,) = (document for document in MANIFESTS if document["kind"] == "Kustomization")
    files = {path.name for path in (DEPLOY / "kubernetes").glob("*.yaml")}
    assert set(whole["resources"]) == files - {"kustomization.yaml"}
    for document in MANIFESTS:
        if document["kind"] == "Deployment":
            labels = document["spec"]["template"]["metadata"]["labels"]
            assert document["spec"]["selector"]["matchLabels"] == labels


def test_probes_ask_what_there_is_under_the_host_of_the_settings(app: Flask) -> None:
    (settings,) = (document["data"] for document in MANIFESTS if document["kind"] == "ConfigMap")
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    (web,) = (it for it in CONTAINERS if it["name"] == "web")
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        get = web[probe]["httpGet"]
        assert get["path"] in rules
        assert settings["BASE_URL"].endswith("://" + get["httpHeaders"][0]["value"])
        assert get["port"] in {port["name"] for port in web["ports"]}


def test_the_settings_of_the_packages_are_settings_of_ours() -> None:
    described = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", (ROOT / "docs/operations.md").read_text()))
    (settings,) = (document["data"] for document in MANIFESTS if document["kind"] == "ConfigMap")
    compose = {name for it in OURS.values() for name in it["environment"]}
    example = set(
        re.findall(r"^#? ?([A-Z0-9_]+)=", (DEPLOY / "paragraph20.env").read_text(), re.MULTILINE)
    )
    assert set(settings) | compose | example <= described
    read = Settings.from_environment({**settings, "SECRET_KEY": "0123456789abcdef" * 2})
    assert read.production
    assert read.sender.name == "Trust fund"


def test_the_proxy_of_the_compose_file_is_the_documented_one() -> None:
    ours = (DEPLOY / "nginx.conf").read_text().replace("127.0.0.1:5000", "web:5000")
    assert (DEPLOY / "compose.nginx.conf").read_text() == ours
