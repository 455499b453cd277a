-- Put a connection's texts back among those that are due.
free_queues(lane)
