"""Indicators of use: per head, per square metre, carbon, renewable share, weather."""
