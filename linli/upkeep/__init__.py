"""Upkeep: what keeps an installation running: migrate, serve, doctor, backup, restore."""
