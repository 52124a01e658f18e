"""Who looks after a case, what the fund's people remark on it among themselves, who follows it."""
