"""What every HTTP answer shares: problems, request reading, admission, limits."""
