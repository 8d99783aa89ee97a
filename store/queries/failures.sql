-- Why runs ended without a result: code and newest sentence.
SELECT code, status, count(*) AS runs, max(queued) AS latest, message
FROM runs
WHERE queued >= :since AND code <> ''
GROUP BY code, status
ORDER BY runs DESC, code
