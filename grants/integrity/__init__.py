"""Whom the fund may take money from or give money to: sanctions and due diligence."""
