"""People (人员): accounts, log-in, and who holds which role where and when."""
