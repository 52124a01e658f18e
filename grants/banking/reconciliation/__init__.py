"""Month by month: does the bank say what the books say, and if not, why not."""
