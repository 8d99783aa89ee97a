// Times stand in the page as UTC. Each is shown as the visitor's clock and language have it; UTC moves into the title.
(() => {
  const sameDay = (a, b) => a.toDateString() === b.toDateString();
  const words = moment => {
    const now = new Date(), time = { hour: "2-digit", minute: "2-digit" };
    const language = document.documentElement.lang || undefined;
    const clock = moment.toLocaleTimeString(navigator.languages ?? language, time);
    if (sameDay(moment, now)) return clock;
    const year = moment.getFullYear() === now.getFullYear() ? {} : { year: "numeric" };
    return `${moment.toLocaleDateString(navigator.languages, { day: "numeric", month: "short", ...year })} ${clock}`;
  };
  const show = element => {
    const moment = new Date(element.dateTime);
    if (element.dataset.shown === element.dateTime || Number.isNaN(moment.getTime())) return;
    element.title ||= element.textContent;
    element.textContent = words(moment);
    element.dataset.shown = element.dateTime;
  };
  const look = () => document.querySelectorAll("time[datetime]").forEach(show);
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
  look();
})();
