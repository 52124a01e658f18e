"""The public pages of the funds, and the page on which each person starts."""
