"""Changes of a signed grant: asked for, approved, signed as an amendment, and put in force."""
