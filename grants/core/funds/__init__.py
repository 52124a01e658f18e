"""The trust funds of this installation and what differs from fund to fund."""
