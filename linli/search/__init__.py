"""Search (查找): one question put to every domain, answered within the asker's scope."""
