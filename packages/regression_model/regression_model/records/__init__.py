"""What a search and a sweep have in common: the folder of a run with its journal and its leaderboard."""
