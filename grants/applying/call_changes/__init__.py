"""What becomes of a call after its draft: amendments, a second stage, a copy, its deletion."""
