"""The version of the package, where no metadata is installed."""

VERSION = "0.1.0"
