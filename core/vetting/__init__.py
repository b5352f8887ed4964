"""What can be said of an addon before anybody works with it: its manifest, its source, its texts, its migrations, its boot.

``banyan addon check`` tells it, the contract (``core.testing.contract``) asks the same functions, and the gates of
``make check`` judge this repository's own source by the same rules.
"""
