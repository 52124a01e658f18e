"""Contribution agreements signed online: by the donor with a code, then by the fund."""
