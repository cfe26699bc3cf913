"""Portal (公开页): what anybody may read without logging in."""
