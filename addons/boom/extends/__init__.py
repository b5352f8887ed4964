"""What boom adds to other addons."""
