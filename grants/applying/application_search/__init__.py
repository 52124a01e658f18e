"""Finding applications: by the words of their titles and answers, by names and numbers."""
