"""The donor's way: pledging on the public pages, confirming, and following one's own pledges."""
