"""From the facts of a document to a sealed PDF: layout, typefaces, tags, metadata."""
