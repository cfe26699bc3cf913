"""Ledger (账簿): books, accounts, entries, the log they are sealed in, keys."""
