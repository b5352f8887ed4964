"""The recycle bin of a resource whose model is a SoftDelete: a list of what was deleted, bringing back, deleting for good."""
