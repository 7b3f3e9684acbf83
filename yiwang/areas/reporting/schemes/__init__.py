"""报表制度 as data: tables, items, edit checks, who reports and when; read, compiled, judged one by one and in bulk.

Nothing here imports Django.
"""
