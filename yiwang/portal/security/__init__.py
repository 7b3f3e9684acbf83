"""安全自查: requirement, test and last result."""
