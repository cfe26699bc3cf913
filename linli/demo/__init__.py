"""The demo county: a story told only through the services, so it can never break a rule."""
