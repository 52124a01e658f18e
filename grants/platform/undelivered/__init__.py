"""E-mails that came back: which ones, why, and to which addresses nothing can be delivered."""
