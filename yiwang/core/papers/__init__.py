"""Papers (单据): printed forms with number and QR code, which say whether they still agree with the record."""
