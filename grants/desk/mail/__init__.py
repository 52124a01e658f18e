"""E-mails as pages: in another language, delayed, or kept while the product is tried out."""
