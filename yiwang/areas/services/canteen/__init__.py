"""Canteen (食堂): menu, orders by meal, counts for the kitchen, waste, quarterly self-check."""
