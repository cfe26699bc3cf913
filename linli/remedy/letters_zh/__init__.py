"""The letters as they come, one file a kind."""
