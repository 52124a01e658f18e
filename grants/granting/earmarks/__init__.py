"""Money that donors bound to a purpose: what of it is set apart for which grant, spent, left."""
