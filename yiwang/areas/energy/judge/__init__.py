"""Judging energy: early warning, forecast to the year's end, targets of a plan."""
