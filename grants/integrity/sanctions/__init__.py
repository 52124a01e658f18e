"""The Security Council's consolidated list, and who is compared with it."""
