"""Backup into one file and restore into an empty place, with equal digests: tables, chain, files. Both databases."""

from yiwang.portal.backup.run import backup, restore

__all__ = ["backup", "restore"]
