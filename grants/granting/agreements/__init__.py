"""A grant in life: its agreement and schedule, what is owed each way, and its closure."""
