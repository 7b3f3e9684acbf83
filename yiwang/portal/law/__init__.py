"""制度库: search, documents, clauses with the timeline of their figures, what is the limit, comparison, coverage.

The modules beside `pages` import no Django: they are questions asked of a Lawbook.
"""
