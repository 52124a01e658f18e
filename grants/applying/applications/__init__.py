"""Applications to a call: drafts, submission and its proof."""
