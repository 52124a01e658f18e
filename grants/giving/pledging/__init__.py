"""The donor's pages: making a pledge, confirming it, and following one's own pledges."""
