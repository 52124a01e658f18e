"""What a line of the bank resembles: a pledge, an instalment, a refund, an earlier payer."""
