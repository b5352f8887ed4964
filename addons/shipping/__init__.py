"""Shipments of orders, what carriers tell of them, and what comes back."""
