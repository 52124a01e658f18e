"""Sanctions screening and due diligence of donors and grantees."""
