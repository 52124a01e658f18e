"""Money that a fund asks back from a grantee: by letter, until it is received or written off."""
