"""What is released: notes of the version, checksums, and a signature that a reader can check."""

import importlib.util
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
KEYGEN = shutil.which("ssh-keygen")


@pytest.fixture(scope="module")
def release() -> ModuleType:
    spec = importlib.util.spec_from_file_location("release", ROOT / "deploy/release.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_notes_are_the_section_of_the_version(release: ModuleType) -> None:
    text = (
        "# Changelog\n\n## Unreleased\n\n- later\n\n## 1.2.0, 3 May\n\n- now\n\n## 1.1.0\n\n- old\n"
    )
    assert release.notes_of("1.2.0", text) == "- now"
    assert release.notes_of("1.1.0", text) == "- old"
    with pytest.raises(release.Trouble, match="CHANGELOG"):
        release.notes_of("2.0.0", text)


@pytest.mark.skipif(not KEYGEN, reason="OpenSSH is not installed here")
def test_checksums_are_signed_and_a_changed_file_is_noticed(
    release: ModuleType, tmp_path: Path
) -> None:
    key, dist = tmp_path / "key", tmp_path / "dist"
    command = [str(KEYGEN), "-q", "-t", "ed25519", "-N", "", "-f", str(key)]
    subprocess.run(command, check=True)
    dist.mkdir()
    (dist / "bundle.tar.gz").write_bytes(b"all of it")
    sums = release.write_checksums(dist, key)
    public = key.with_suffix(".pub").read_text()
    (tmp_path / "allowed").write_text(f"release@example.org {public}")
    verify = [str(KEYGEN), "-Y", "verify", "-f", str(tmp_path / "allowed"), "-n", "paragraph20"]
    verify += ["-I", "release@example.org", "-s", str(dist / "SHA256SUMS.sig")]
    assert subprocess.run(verify, input=sums.read_bytes(), check=False).returncode == 0
    forged = sums.read_bytes().replace(b"bundle", b"bumble")
    assert subprocess.run(verify, input=forged, check=False).returncode != 0
    (dist / "bundle.tar.gz").write_bytes(b"all of it, and more")
    check = [str(shutil.which("sha256sum")), "--check", "SHA256SUMS"]
    assert subprocess.run(check, cwd=dist, check=False, capture_output=True).returncode == 1
