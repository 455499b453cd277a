"""The version of this release, which pyproject.toml has as well; a test holds the two together."""

VERSION = "0.2.0.dev0"
