"""The agreement of a grant, its schedule, and the page of the grant."""
