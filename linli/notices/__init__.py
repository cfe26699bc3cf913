"""Notices (提醒): what waits on whom."""
