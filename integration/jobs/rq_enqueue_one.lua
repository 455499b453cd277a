-- Enqueue one RQ job.
enqueue(id)
return 1
