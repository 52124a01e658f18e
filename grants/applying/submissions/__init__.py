"""From a draft to what was submitted: sign-off, proof, what readers get, clarifications."""
