"""Typed questions to the published file: each is a pure function of a warehouse and its arguments."""
