"""Appeals: one letter or e-mail to many donors."""
