"""The shell and the design system: layout, macros, static files. Knows nothing of tenants, users or the database."""
