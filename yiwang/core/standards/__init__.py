"""Standards: the lawbook loaded, resolved and applied. Imports no Django.

`load()` gives the shipped `Lawbook`; `Judge(book).judge(dataset, record, on=…, region=…)` gives the verdicts of one record;
`bulk.judge_table` the same for many in DuckDB.
"""
