"""What a grantee owes before its agreement goes out: a budget at the awarded sum, its finances."""
