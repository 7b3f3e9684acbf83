"""Inspections (巡检): plans from the standards and points with QR codes; what is found becomes a work order."""
