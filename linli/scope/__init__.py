"""Scope (辖区): a row belongs to a place, a person sees the places of the appointments held."""
