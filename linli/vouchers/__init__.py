"""Vouchers (凭证): drafts with papers, approved by others, then posted; receipts."""
