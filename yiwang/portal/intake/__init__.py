"""导入: a file on its way into a register, page by page: upload, columns, dry run, confirm, progress, marked workbook."""
