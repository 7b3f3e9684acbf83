"""Meters: real, virtual, sub-meters, shared by organs; tariffs and bills."""
