"""Public rooms (公共用房): what they are, whose they are, who uses them, and how much is owed."""
