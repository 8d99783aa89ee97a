-- Prompts and questions that were asked most often; small and capital letters count as the same.
SELECT min(prompt) AS prompt, action, count(*) AS runs, count(DISTINCT actor) AS people
FROM runs
WHERE queued >= :since AND deleted IS NULL AND action IN ('generate', 'ask') AND status NOT IN ('blocked', 'denied')
GROUP BY lower(trim(prompt)), action
ORDER BY runs DESC, prompt
LIMIT 50
