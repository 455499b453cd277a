"""What every HTTP answer shares."""
