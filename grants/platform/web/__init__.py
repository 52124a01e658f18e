"""What every request goes through: who is there, what they may do, the one commit, refusals."""
