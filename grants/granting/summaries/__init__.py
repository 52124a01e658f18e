"""Summaries that grantees wrote for the public: the fund releases each, or does not publish it."""
