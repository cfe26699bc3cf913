"""Recruitment (选聘): from an announcement to a post, every refusal with its ground."""
