"""Training (培训): sessions by area, sign-in by a changing code, short tests, what each still owes."""
