"""What shipping adds to other addons."""
