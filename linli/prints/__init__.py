"""Papers: notices, vouchers, books and receipts as PDF, from plain data."""

from linli.prints.papers import BadData, TypefacesMissing, missing_typefaces, render

__all__ = ["BadData", "TypefacesMissing", "missing_typefaces", "render"]
