"""The first page, the search box, the organ switcher."""
