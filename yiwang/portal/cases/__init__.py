"""办事: my desk, cases, definitions of processes."""
