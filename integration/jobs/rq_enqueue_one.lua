-- Enqueue one RQ job.
enqueue(id, 'RPUSH')
return 1
