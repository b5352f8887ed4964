"""An addon that shows something on another one's page."""
