"""The Security Council's consolidated list, and the parties compared with it."""
