"""What we build on: write the bill of materials, and ask for known vulnerabilities.

    .venv/bin/python .ci/supply.py

The bill (sbom.json, CycloneDX) is made from the locks and needs no network. A known vulnerability
ends with exit code 1, and so does a service that does not answer: nothing is known then. With
--allow-unknown, as continuous integration asks, that is told and is no failure, since a build must
not depend on a service.
"""

import base64
import json
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SBOM = ROOT / "sbom.json"
UNKNOWN: list[str] = []
"""Of which packages no service told anything."""
ACCEPTED: dict[str, str] = {}
"""Vulnerabilities that do not concern us: their id, and why."""


def main() -> int:
    components = [*python_components(), *npm_components()]
    bill = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components}
    SBOM.write_text(json.dumps(bill, indent=1))
    print(f"{SBOM.name}: {len(components)} packages")
    known = [*python_vulnerabilities(), *npm_vulnerabilities()]
    for line in known:
        print(line)
    if UNKNOWN:
        print(f"NOT CHECKED, the service did not answer: vulnerabilities of {', '.join(UNKNOWN)}.")
    return 1 if known or (UNKNOWN and "--allow-unknown" not in sys.argv) else 0


def python_components() -> list[dict[str, Any]]:
    locked = re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    return [
        _component("pypi", name, version, _python_licence(name)) for name, version in sorted(locked)
    ]


def npm_components() -> list[dict[str, Any]]:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    components = []
    for place, package in lock["packages"].items():
        if not place:
            continue  # ourselves
        name = place.rpartition("node_modules/")[2]
        component = _component("npm", name, package["version"], package.get("license"))
        algorithm, _, digest = package["integrity"].partition("-")
        content = base64.b64decode(digest).hex()
        component["hashes"] = [
            {"alg": algorithm.upper().replace("SHA", "SHA-"), "content": content}
        ]
        components.append(component)
    return components


def _component(kind: str, name: str, version: str, licence: str | None) -> dict[str, Any]:
    purl = f"pkg:{kind}/{name.replace('@', '%40')}@{version}"
    found: dict[str, Any] = {"type": "library", "name": name, "version": version}
    found |= {"purl": purl, "bom-ref": purl}
    if licence:
        found["licenses"] = [{"license": {"name": licence}}]
    return found


def _python_licence(name: str) -> str | None:
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:  # for another system than this one
        return None
    classes = [c.rpartition(" :: ")[2] for c in about.get_all("Classifier") or [] if "License" in c]
    expression = (about.get_all("License-Expression") or [None])[0]
    words = (about.get_all("License") or [""])[0]
    return expression or " OR ".join(classes) or words.partition("\n")[0] or None


def python_vulnerabilities() -> list[str]:
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes"]
    command += ["-r", "requirements.txt", "--timeout=10", "--format=json"]
    answer = _answer(command)
    packages = answer.get("dependencies", [])
    asked = [package for package in packages if "skip_reason" not in package]
    if not asked:
        UNKNOWN.append("Python packages")
    elif len(asked) < len(packages):
        print(f"Warning: {len(packages) - len(asked)} Python packages are unknown to the service.")
    return [
        f"{package['name']} {package['version']}: {flaw['id']}, mended in {flaw['fix_versions']}"
        for package in asked
        for flaw in package["vulns"]
        if flaw["id"] not in ACCEPTED
    ]


def npm_vulnerabilities() -> list[str]:
    answer = _answer(["npm", "audit", "--omit=dev", "--json"])
    if "vulnerabilities" not in answer:
        UNKNOWN.append("npm packages")
        return []
    return [
        f"{name}: {flaw['severity']}, {flaw['range']}"
        for name, flaw in answer["vulnerabilities"].items()
        if name not in ACCEPTED
    ]


def _answer(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return {}
    return answer


if __name__ == "__main__":
    sys.exit(main())
