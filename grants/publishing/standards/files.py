"""The files of the standards: how they are called, and who writes them."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel.language import lazy_gettext as _l
from grants.publishing.standards.giving360 import giving360_json


class Standard(StrEnum):
    """Who defined the form of a file."""

    IATI = "iati"
    GIVING360 = "360giving"


@dataclass(frozen=True, slots=True)
class StandardFile:
    """A file of a fund in the form of a standard."""

    standard: Standard
    key: str
    """In its address and its name."""
    ending: str
    title: str
    media_type: str
    write: Callable[[Session, Fund], bytes]

    def name_of(self, fund: Fund) -> str:
        """What the file is called on a disk."""
        return f"{fund.code.lower()}-{self.key}.{self.ending}"


def _activities(session: Session, fund: Fund) -> bytes:
    from grants.publishing.standards.iati import activities_xml  # with lxml, once it is needed

    return activities_xml(session, fund)


def _organisation(session: Session, fund: Fund) -> bytes:
    from grants.publishing.standards.iati import organisation_xml

    return organisation_xml(session, fund)


FILES = (
    StandardFile(
        Standard.IATI,
        "iati-activities",
        "xml",
        _l("IATI 2.03: activities"),
        "application/xml",
        _activities,
    ),
    StandardFile(
        Standard.IATI,
        "iati-organisation",
        "xml",
        _l("IATI 2.03: organisation"),
        "application/xml",
        _organisation,
    ),
    StandardFile(
        Standard.GIVING360,
        "360giving",
        "json",
        _l("360Giving 1.4: grants"),
        "application/json",
        giving360_json,
    ),
)
