"""What a trustee reads before the Board advises: each application on one page, all in one PDF."""
