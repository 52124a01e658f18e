"""The nightly verification of the books and the trail, and who is told when something is wrong."""
