-- Runs by day, action and outcome.
SELECT substr(queued, 1, 10) AS day, action, status, count(*) AS runs
FROM runs
WHERE queued >= :since
GROUP BY day, action, status
ORDER BY day, action, status
