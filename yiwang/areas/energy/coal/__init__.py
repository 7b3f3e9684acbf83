"""折标: from physical units to standard coal and carbon dioxide, by the clauses in force."""
