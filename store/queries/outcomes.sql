-- How runs end: each state with its share.
SELECT status, count(*) AS runs, round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS percent
FROM runs
WHERE queued >= :since
GROUP BY status
ORDER BY runs DESC, status
