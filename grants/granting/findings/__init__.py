"""The register of findings on grants: who answers each by when, and how it was closed."""
