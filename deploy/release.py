"""`make bundle` and `make release`: what a server without a network needs, and what a version is.

A bundle is one archive: the source of a commit, the Python packages of this platform and the npm
packages that the locks name, and a script that installs from them alone. A release checks that
version, notes and tag fit together, and adds bill of materials, checksums and their signature.
"""

import argparse
import hashlib
import os
import re
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.txt", "requirements-node.txt")
INSTALL = """#!/bin/sh
# Installs from this folder alone. Before: python3, python3-venv and the libraries of Pango.
set -eu
cd "$(dirname "$0")"
export PIP_NO_INDEX=1 PIP_FIND_LINKS="$PWD/wheels" PIP_DISABLE_PIP_VERSION_CHECK=1
export npm_config_offline=true npm_config_cache="$PWD/npm" npm_config_audit=false
exec python3 grants/machine.py
"""


class Trouble(Exception):
    """Why there is no bundle or release, and what to do."""


def version() -> str:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def notes_of(number: str, changelog: str) -> str:
    """What has changed with a version: the text below its heading."""
    match = re.search(
        rf"^## {re.escape(number)}\b[^\n]*\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL
    )
    if not match or not match[1].strip():
        raise Trouble(f"CHANGELOG.md has no section “## {number}”: name it so, and date it.")
    return match[1].strip()


def write_bundle(into: Path) -> Path:
    """The archive of the present commit with all that it needs; its path."""
    name = f"paragraph20-{version()}"
    with TemporaryDirectory() as folder:
        whole = Path(folder) / name
        source = subprocess.run(
            ["git", "archive", f"--prefix={name}/", "HEAD"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        subprocess.run(["tar", "--extract", "-C", folder], input=source.stdout, check=True)
        for lock in LOCKS:
            _fetch(
                "pip",
                "download",
                "--quiet",
                "--require-hashes",
                "--only-binary=:all:",
                "-r",
                str(whole / lock),
                "-d",
                str(whole / "wheels"),
            )
        subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--silent"],
            cwd=whole,
            check=True,
            env={**os.environ, "npm_config_cache": str(whole / "npm")},
        )
        subprocess.run(["rm", "-r", str(whole / "node_modules")], check=True)
        (whole / "install-offline").write_text(INSTALL)
        (whole / "install-offline").chmod(0o755)
        into.mkdir(parents=True, exist_ok=True)
        path = into / f"{name}-{sys.platform}.tar.gz"
        with tarfile.open(path, "w:gz") as archive:
            archive.add(whole, name)
    return path


def _fetch(*words: str) -> None:
    subprocess.run([sys.executable, "-m", *words], check=True)


def write_checksums(folder: Path, key: Path | None) -> Path:
    """SHA256SUMS of everything in the folder, and its signature (SSH), if there is a key."""
    files = sorted(path for path in folder.iterdir() if not path.name.startswith("SHA256SUMS"))
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    sums = folder / "SHA256SUMS"
    sums.write_text("".join(lines))
    if key:
        (folder / "SHA256SUMS.sig").unlink(missing_ok=True)
        command = ["ssh-keygen", "-Y", "sign", "-f", str(key), "-n", "paragraph20", str(sums)]
        subprocess.run(command, check=True, capture_output=True)
    return sums


def check_release() -> str:
    """The notes of this version; Trouble where it is not ready."""
    notes = notes_of(version(), (ROOT / "CHANGELOG.md").read_text("utf-8"))
    changed = subprocess.run(
        ["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    if changed.stdout:
        raise Trouble("Commit everything first.")
    return notes


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["bundle", "release"])
    parser.add_argument("--into", type=Path, default=ROOT / "dist")
    parser.add_argument("--key", type=Path, help="private key of SSH that signs the checksums")
    options = parser.parse_args(words)
    try:
        notes = check_release() if options.what == "release" else ""
        print(write_bundle(options.into))
        if notes:
            (options.into / "NOTES.md").write_text(notes + "\n")
            subprocess.run(
                [sys.executable, ".ci/supply.py", "--allow-unknown"], cwd=ROOT, check=True
            )
            (ROOT / "sbom.json").replace(options.into / "sbom.json")
            write_checksums(options.into, options.key)
            print(
                f"git tag --annotate v{version()} --file {options.into}/NOTES.md && git push --tags"
            )
    except (Trouble, subprocess.CalledProcessError) as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
