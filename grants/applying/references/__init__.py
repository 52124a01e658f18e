"""Letters of reference: asked for by an applicant, written by another person without an account."""
