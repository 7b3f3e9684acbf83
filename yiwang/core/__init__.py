"""What every area stands on: ledger, standards, orgs, places, datasets, verdicts, intake (each imports only those before it)."""
