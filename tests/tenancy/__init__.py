"""Who may do what where, asked of every address: roles × addresses × methods, and foreign ids."""
