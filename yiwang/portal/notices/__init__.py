"""消息: the inbox and how one wants to be told."""
