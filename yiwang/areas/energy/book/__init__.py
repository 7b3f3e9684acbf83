"""公共机构名录库: which organs are public institutions, of which kind, with how many users and how much area."""
