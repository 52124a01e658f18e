"""What a fund holds of an organisation: its payments, its new applications, or both."""
