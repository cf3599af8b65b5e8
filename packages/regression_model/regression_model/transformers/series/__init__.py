"""Features of time series, one way of computing them per file."""
