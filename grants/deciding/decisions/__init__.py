"""The pages on which applications are decided, alone and many at once."""
