"""Codes and references that a row names have to be in the files, or in the books already."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.models import Organisation
from grants.deciding.awards.models import Award
from grants.desk.moving_in.history.plan import KEY_COLUMN, Files
from grants.giving.pledges.models import Pledge

_NAMED = (
    ("pledges.csv", "donor", "donors.csv"),
    ("grants.csv", "organisation", "organisations.csv"),
    ("deposits.csv", "pledge", "pledges.csv"),
    ("other.csv", "pledge", "pledges.csv"),
    ("instalments.csv", "grant", "grants.csv"),
    ("payments.csv", "grant", "grants.csv"),
    ("grant_refunds.csv", "grant", "grants.csv"),
)
"""A file, its column, and the file that has what the column names."""

_STANDING: Mapping[str, tuple[InstrumentedAttribute[Any], tuple[str, ...], Any]] = {
    "donors.csv": (
        Organisation.code,
        ("donors.csv", "organisations.csv"),
        _l("a code from donors.csv"),
    ),
    "organisations.csv": (
        Organisation.code,
        ("donors.csv", "organisations.csv"),
        _l("a code from organisations.csv"),
    ),
    "pledges.csv": (Pledge.reference, ("pledges.csv",), _l("a reference from pledges.csv")),
    "grants.csv": (Award.reference, ("grants.csv",), _l("a reference from grants.csv")),
}
"""Where the books have it, which files may bring it, and how that is worded."""


def check_references(session: Session, files: Files) -> None:
    """Refuse every row that names an unknown record."""
    for name, column, source in _NAMED:
        query, brought_by, expected = _STANDING[source]
        codes = set(session.scalars(select(query)))
        codes.update(*(files.named(file, KEY_COLUMN[file]) for file in brought_by))
        nameless = any(files.nameless(file, KEY_COLUMN[file]) for file in brought_by)
        for row in files.every(name):
            code = row.cell(column)
            if code is None or code in codes:
                continue
            if nameless:
                files.leave(name, row)
            else:
                fault = _("“%(code)s” is not known; expected %(what)s", code=code, what=expected)
                files.refuse(name, row, column, fault)
        _doubt_unknown(files, name, column, codes)


def _doubt_unknown(files: Files, name: str, column: str, codes: set[str]) -> None:
    """A row that names nothing known may be about anything that no row of its file names."""
    used = files.named(name, column)
    if not used <= codes:
        for reference in codes - used:
            files.doubts.without(name, {column: reference}.get)
