"""Approval within the money available, rejection, and the award, with the page of the decision."""
