"""Runs functions in processes that can be ended: for time, for memory, and when they crash."""
