"""What runs inside the reading process: the checks of a workbook before any parser, the parsing, and the answers.

Only the standard library here, and calamine and Arrow inside functions: no Django, no other module of the project. The
process is started by `yiwang.kit.sheets.reader` as `python -I child.py`.
"""
