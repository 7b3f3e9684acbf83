"""编制 and the life of a vehicle: quotas, plans, purchases, documents, disposal."""
