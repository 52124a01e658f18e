"""The ledger to look at and to script: its pages, and its commands."""
