"""Who may what: users, departments, groups with ticked permissions, signing in and sessions."""
