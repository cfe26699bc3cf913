"""Mentor stations (老社工驿站): who teaches whom, matched for stated reasons, with logs of both sides."""
