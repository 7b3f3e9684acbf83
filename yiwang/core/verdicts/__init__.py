"""Verdicts on registers: where rows come from, what is judged at save, and the findings that somebody must act on."""
