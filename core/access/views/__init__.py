"""Pages about oneself and about who may what."""
