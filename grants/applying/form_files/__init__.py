"""Files and pictures that makers of forms put between the questions."""
