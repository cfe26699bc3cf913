"""The reserve (后备力量): who is ready to serve in a community, measured, and what became of them."""
