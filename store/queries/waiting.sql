-- How long runs wait for their lane: median and 95th percentile (nearest rank) in seconds, and how many wait now.
WITH waits AS (
    SELECT lane, status, (julianday(started) - julianday(queued)) * 86400 AS seconds
    FROM runs
    WHERE queued >= :since AND lane <> '' AND (started IS NOT NULL OR status = 'queued')
),
ranked AS (
    SELECT
        lane,
        status,
        seconds,
        row_number() OVER (PARTITION BY lane, seconds IS NULL ORDER BY seconds) AS place,
        count(seconds) OVER (PARTITION BY lane) AS runs
    FROM waits
)
SELECT
    lane,
    max(runs) AS started,
    round(min(seconds) FILTER (WHERE place >= 0.5 * runs), 3) AS median,
    round(min(seconds) FILTER (WHERE place >= 0.95 * runs), 3) AS p95,
    sum(status = 'queued') AS waiting_now
FROM ranked
GROUP BY lane
ORDER BY lane
