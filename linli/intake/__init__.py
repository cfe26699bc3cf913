"""Intake (导入): ledger sheets and bank files become entries and bank lines."""
