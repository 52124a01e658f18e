"""The donors and the works of the printing room."""

from tests.printworks.conftest import donors, settings, works

__all__ = ["donors", "settings", "works"]
