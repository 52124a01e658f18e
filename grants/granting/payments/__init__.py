"""Instalments to grantees, from certification to receipt, and refunds from them."""
