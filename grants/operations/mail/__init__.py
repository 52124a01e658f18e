"""The mail server: what is set, a test e-mail, and what the server answered."""
