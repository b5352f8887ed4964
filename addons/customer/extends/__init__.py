"""What customers add to others."""
