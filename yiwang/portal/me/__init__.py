"""我的账号: password, second factor, sessions, tokens, delegation."""
