"""What grants achieved, and which figures of it may be published."""
