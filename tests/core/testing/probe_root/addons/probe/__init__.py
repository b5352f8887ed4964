"""An addon with one page and one action, so that the fixtures have something to talk to."""
