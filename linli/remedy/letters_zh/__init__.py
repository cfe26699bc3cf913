"""The letters as they come, one file a kind; a county writes its own in `<data>/local/letters`."""
