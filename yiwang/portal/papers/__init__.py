"""单据: printed forms and the public page that checks them."""
