"""Every donor's statement in one run: on all cores, resumable, with a manifest."""
