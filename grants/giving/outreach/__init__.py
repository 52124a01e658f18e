"""Campaigns, the contacts with each donor, and the pledges that followed."""
