"""Tests about the code: a review remark made twice becomes a rule here."""
