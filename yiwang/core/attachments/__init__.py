"""Attachments (附件): files kept with a record, checked, served as downloads only."""
