"""Papers: notices, vouchers, books and receipts as PDF, from plain data."""

from linli.prints.papers import BadData, TypefacesMissing, check, missing_typefaces, render

__all__ = ["BadData", "TypefacesMissing", "check", "missing_typefaces", "render"]
