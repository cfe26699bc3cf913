"""Proof (验证): everything is folded again from the first entry and compared."""
