"""Everything in one file, and back again: database, files, and a manifest that proves it."""
