"""The donors and the works of the printing room."""

from tests.papers.printing.press.conftest import donors, settings, works

__all__ = ["donors", "settings", "works"]
