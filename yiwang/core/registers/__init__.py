"""Registers: what a register holds, and the one way in: rows parsed, linked, checked in sets, written with one entry."""
