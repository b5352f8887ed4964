"""The suite's fixtures are those of the plugin, so that addons outside this repository have the same."""

pytest_plugins = ["core.testing.plugin", "pytester"]
