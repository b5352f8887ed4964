"""The Banyan kernel: everything an addon stands on. Knows no addon."""
