"""Who reviews what: reviewers assigned, alone or many at once, and handed over."""
