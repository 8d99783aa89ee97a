-- How long models work on a run: median, 95th percentile (nearest rank) and longest, in seconds.
WITH ranked AS (
    SELECT
        model,
        action,
        seconds,
        row_number() OVER (PARTITION BY model, action ORDER BY seconds) AS place,
        count(*) OVER (PARTITION BY model, action) AS runs
    FROM runs
    WHERE queued >= :since AND status = 'done'
)
SELECT
    model,
    action,
    runs,
    round(min(seconds) FILTER (WHERE place >= 0.5 * runs), 3) AS median,
    round(min(seconds) FILTER (WHERE place >= 0.95 * runs), 3) AS p95,
    round(max(seconds), 3) AS longest
FROM ranked
GROUP BY model, action
ORDER BY runs DESC, model, action
