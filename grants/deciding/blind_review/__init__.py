"""What reviewers of a blind call do not see: the name of the applicant, and what resembles it."""
