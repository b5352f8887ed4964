"""Custom fields: what a tenant adds to the records of a resource, and what then shows like the model's own columns."""
