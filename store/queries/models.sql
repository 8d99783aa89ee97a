-- Which models are used, and how often they end well.
SELECT
    model,
    action,
    count(*) AS runs,
    sum(status = 'done') AS done,
    round(100.0 * sum(status = 'done') / count(*), 1) AS percent_done,
    count(DISTINCT actor) AS people
FROM runs
WHERE queued >= :since
GROUP BY model, action
ORDER BY runs DESC, model, action
