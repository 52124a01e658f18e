"""E-mails: worded in the recipient's language, queued in the act's own transaction."""
