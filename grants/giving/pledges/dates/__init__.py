"""Other days of payment: as a donor asks for them, or as the fund and the donor agree."""
