"""Files that wait for the virus scanner are looked at when it answers again."""
