"""What the command line shows: progress, shelves, leaderboards, the demo."""
