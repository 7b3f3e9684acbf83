"""Overrides of Django's zh-hans formats."""

NUMBER_GROUPING = 3
THOUSAND_SEPARATOR = ","
DATE_FORMAT = "Y-m-d"
SHORT_DATE_FORMAT = "Y-m-d"
DATETIME_FORMAT = "Y-m-d H:i"
