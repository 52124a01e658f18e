"""Papers that the fund and a grantee sign: sent out, signed by both sides, sent back, lapsed."""
