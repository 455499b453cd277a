"""What a fast way of our own buys: the bench with it and without it, in turns."""
