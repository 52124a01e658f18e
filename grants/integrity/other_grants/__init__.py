"""Grants of other funders to an organisation: entered by hand or imported from a file."""
