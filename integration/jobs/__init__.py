"""Platform to provider, in reading order: accept, claim, perform, finish, settle, receipts.

1. web/api/actions.py validates the input; web/core/admission.py gives the ticket and commits.
2. accept.py and new_jobs.py build the command; accept.lua admits the caller and stores the jobs.
   lane.lua says where they wait, lane_admit.lua which of them get a wake-up in RQ (rq_queue.py).
3. rq_worker.py takes the wake-up; perform.py runs the job. sweep.py takes up what was lost.
4. claim.py leases the job, the provider sends, finish.py records the ending.
5. settle.py asks the provider about a call whose answer was lost.
6. receipts.py and receipt_polling.py record what the provider says later.
7. wait.py holds a caller until its job is settled.

ledger.py and listing.py read jobs, record.py knows their fields. retry_and_cancel.py reopens them
on request.
"""
