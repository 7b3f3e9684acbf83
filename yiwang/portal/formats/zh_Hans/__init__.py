"""Formats for zh-hans: Django groups it by four, Chinese offices print figures grouped by three."""
