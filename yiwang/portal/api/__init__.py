"""`/api/v1`: datasets read, cases opened and acted upon, by the same verbs and rights as the pages."""
