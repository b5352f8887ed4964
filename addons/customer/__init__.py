"""Customers: who they are, how they came, who looks after them, and whom they may be shown to."""
