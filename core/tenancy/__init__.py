"""Tenants (businesses), and which addons each has switched on."""
