-- Why safety rules spoke: category, verdict and rule, with the runs and people concerned.
SELECT category, verdict, rule, count(DISTINCT runs.id) AS runs, count(DISTINCT actor) AS people
FROM findings JOIN runs ON runs.id = findings.run
WHERE queued >= :since AND verdict <> 'allow'
GROUP BY category, verdict, rule
ORDER BY runs DESC, category, rule
