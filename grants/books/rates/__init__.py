"""Exchange rates to look at and to enter: which one holds on a day, and why."""
