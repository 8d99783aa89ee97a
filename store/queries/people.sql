-- What people do: their runs, how many of these were refused, pictures, time on the machine, latest run.
SELECT
    actor,
    count(*) AS runs,
    sum(status IN ('blocked', 'denied')) AS refused,
    sum((SELECT count(*) FROM images WHERE images.run = runs.id AND images.blocked = '')) AS pictures,
    round(coalesce(sum(seconds), 0), 1) AS seconds,
    max(queued) AS latest
FROM runs
WHERE queued >= :since
GROUP BY actor
ORDER BY runs DESC, actor
LIMIT 100
