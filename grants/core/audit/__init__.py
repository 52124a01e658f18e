"""Who did what, when and why: the Act, the trail, and the only writer of a record's state."""
