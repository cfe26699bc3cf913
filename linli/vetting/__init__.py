"""Joint vetting (联审): departments say of people whether anything stands against their serving."""
