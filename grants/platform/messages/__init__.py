"""E-mails: written in the recipient's language and queued with the act that causes them."""
