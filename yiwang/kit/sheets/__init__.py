"""Sheets in and out: workbooks through a guarded process, CSV, cleaning of cells, the layout of office forms, writing."""
