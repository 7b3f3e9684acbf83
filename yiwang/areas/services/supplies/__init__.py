"""Office supplies (办公用品): request, issue, stock."""
