"""Disclosure (公示): the statement of the two accounts, notice, public folder, objections."""
