"""Estimators of other libraries, adapted to our frames; families import them where they build."""
