"""Every paper there is, made without a database, by the wing that its facts come from."""
