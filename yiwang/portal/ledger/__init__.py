"""存证: the ledger's entries, one entry with its hashes, and the verification. For auditors."""
