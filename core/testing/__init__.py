"""What a test of Banyan or of an addon stands on: servers, databases, applications, browsers.

The pytest plugin is :mod:`core.testing.plugin`; addons outside this repository get it through the ``pytest11`` entry
point. Nothing here is imported by a running deployment.
"""
