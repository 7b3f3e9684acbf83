"""问题: the list, one finding with facts beside clause, what may be done with it, and the export."""
