"""The key that signs documents: whose it is, and the warning before its certificate expires."""
