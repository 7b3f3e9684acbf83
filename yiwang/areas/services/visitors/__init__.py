"""Visitors (访客): invitation, code, arrival and leaving."""
