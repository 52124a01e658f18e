"""The place that is left for a signature when a PDF is made."""

from dataclasses import dataclass
from datetime import date, datetime

from grants.core.kernel import clock

FIELD = "Issuer"
"""The name of the field that holds the signature of the office that issued the PDF."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is written into a PDF around the signature that it will get."""

    name: str
    reason: str
    day: date
    size: int

    @property
    def moment(self) -> str:
        """The beginning of the day, as a PDF writes it: D:20261126000000+01'00'."""
        begins = datetime(self.day.year, self.day.month, self.day.day, tzinfo=clock.zone())
        offset = begins.strftime("%z")
        return f"D:{begins:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:5]}'"
