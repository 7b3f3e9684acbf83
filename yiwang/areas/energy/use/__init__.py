"""Readings and what was used of them, by month and organ."""
