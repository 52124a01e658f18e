"""References and site visits: who was asked about an organisation, when, and what they said."""
