"""Contributions outside the fund: announced here, handed on to the office, reported."""
