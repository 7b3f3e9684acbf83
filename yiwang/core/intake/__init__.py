"""Intake: the sheets that offices keep, matched to datasets, read, judged and reported. Imports no Django.

`workbook.check()` is the whole pipeline of `yiwang check`; `matching` and `reading` serve the portal's import pages too.
"""
