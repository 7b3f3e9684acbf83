"""Notices (消息): in-app, mail and webhook messages by template."""
