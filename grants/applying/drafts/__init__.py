"""The acts of a draft: begun, saved section by section with every version, given its files."""
