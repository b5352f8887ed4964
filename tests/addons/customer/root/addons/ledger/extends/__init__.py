"""What stickers add to other addons."""
