"""Going to donors: campaigns, each contact with a donor, and the pledges that came of them."""
