"""Bank (银行): statements, their lines, and how they match the entries."""
