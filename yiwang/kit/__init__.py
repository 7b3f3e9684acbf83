"""Tools without models: refusals, periods, sheets, expressions, digests. Imports nothing of the project."""
