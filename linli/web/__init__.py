"""Web (界面): the shell, the components and their gallery."""
