"""A version that runs goes on, whole, on the schema of the next one, as long as the migrations only
expand: so docs/operations.md promises.
"""

import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from grants.config import environment_with
from grants.core.database.revisions import FOLDER, ROOT
from grants.operations.upgrades.plan import Phase, read_migration

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200)]

GIT = shutil.which("git") or "git"
ALL = sorted(FOLDER.glob("[0-9]*.py"))
PLANTED = '''
"""Nothing is taken away, says its mark."""

from alembic import op

revision = "9999_planted"
down_revision = "BEFORE"
phase = "expand"

def upgrade() -> None:
    taking = "'ALTER TABLE donor DR', 'OP COLUMN mailing_address'"
    op.execute(f"DO $$ BEGIN EXECUTE concat({taking}); END $$")

def downgrade() -> None:
    pass
'''
"""What no reading of the code sees."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not of pytest: the path of a socket of PostgreSQL has to be short."""
    with tempfile.TemporaryDirectory(prefix="p20-old-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def first_expansion() -> Path | None:
    """The first of the last migrations that only expand; None: the last of all does more."""
    since = None
    for path in reversed(ALL):
        if read_migration(path).phase is not Phase.EXPAND:
            break
        since = path
    return since


def git(*words: str) -> bytes:
    done = subprocess.run([GIT, *words], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"the history is not here: {done.stderr.decode()[-80:]}")
    return done.stdout


def code_before(migration: Path, folder: Path) -> Path:
    """The code as it was before a migration came, with what is built for it."""
    added = "--diff-filter=A", "--format=%H", "--", str(migration.relative_to(ROOT))
    commit = git("log", *added).decode().split()[-1]
    folder.mkdir()
    content = git("archive", "--format=tar", f"{commit}^")
    with tarfile.open(fileobj=io.BytesIO(content)) as packed:
        packed.extractall(folder, filter="data")
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    shutil.copytree(ROOT / "grants" / "static", folder / "grants" / "static")
    return folder


def code_with(migration: str, folder: Path) -> Path:
    """The code of now and a migration more."""
    folder.mkdir()
    shutil.copy(ROOT / "app.py", folder)  # its real place is where Flask begins
    for name in ("grants", "seeds", "templates", "node_modules"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "migrations", folder / "migrations")
    content = migration.replace("BEFORE", ALL[-1].stem)
    (folder / "migrations" / "versions" / "9999_planted.py").write_text(content)
    return folder


TRIAL = (
    ("old", "setup"),
    ("new", "setup"),
    ("old", "serve", "--check"),
    ("old", "demo"),
    ("old", "worker", "--once"),
    *((code, books, "verify") for code in ("old", "new") for books in ("ledger", "trail")),
)
"""The new version migrates while the old one runs, which goes on writing: the demonstration is
planted through the acts of every room.
"""


def refusal(old: Path, new: Path, data: Path) -> str:
    """The first step that failed and what it said; empty: the old version works as before."""
    versions = {"old": old, "new": new}
    for code, *words in TRIAL:
        done = subprocess.run(
            [sys.executable, "-m", "flask", *words],
            cwd=versions[code],
            env=environment_with(DATA_DIR=str(data)),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            return f"{code} {' '.join(words)}: {done.stdout}{done.stderr}"
    return ""


def test_the_version_before_goes_on_writing_on_the_schema_of_this_one(folder: Path) -> None:
    since = first_expansion()
    if since is None:
        pytest.skip("the last migration asks to stop the running version")
    old = code_before(since, folder / "old")
    assert not (old / since.relative_to(ROOT)).exists()
    assert refusal(old, ROOT, folder / "data") == ""


def test_a_migration_that_takes_away_in_a_way_nobody_reads_is_noticed(folder: Path) -> None:
    new = code_with(PLANTED, folder / "new")
    planted = read_migration(new / "migrations" / "versions" / "9999_planted.py")
    assert planted.is_safe, "no trial is needed for what is read"
    why = refusal(ROOT, new, folder / "data")
    assert why.startswith("old demo: ")
    assert "mailing_address" in why
