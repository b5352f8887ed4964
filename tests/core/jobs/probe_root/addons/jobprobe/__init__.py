"""An addon whose jobs do what a test tells them."""
