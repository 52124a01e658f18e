"""What rooms are built with: web pages, files, e-mails, sign-in, questionnaires."""
