"""The fund and a donor agree what a pledge is earmarked for, or that it is released."""
