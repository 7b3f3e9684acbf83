"""用户与授权: the pages of the three administrators."""
