"""How risky a grantee is rated, and the flags that its file carries."""
