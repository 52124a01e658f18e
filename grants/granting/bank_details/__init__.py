"""Where grantees are paid: bank details that change only under two persons, after a call."""
