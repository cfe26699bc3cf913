"""Sheets (表格): any spreadsheet read safely into plain cells, and tables written out again."""
