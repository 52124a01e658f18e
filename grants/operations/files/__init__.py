"""Moving all files to another place, a folder or object storage, and proving each."""
