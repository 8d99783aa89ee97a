// Times stand in the page as UTC. Each is shown as the visitor's own clock and language have it; the title keeps UTC.
(() => {
  const languages = navigator.languages;
  const language = new Intl.DateTimeFormat(languages).resolvedOptions().locale;
  const near = new Intl.RelativeTimeFormat(languages, { numeric: "auto" });
  const day = moment => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate());
  const words = moment => {
    const now = new Date(), days = Math.round((day(moment) - day(now)) / 86400000);
    const clock = moment.toLocaleTimeString(languages, { hour: "2-digit", minute: "2-digit" });
    if (days === 0 || days === -1) return `${near.format(days, "day")} ${clock}`;
    const year = moment.getFullYear() === now.getFullYear() ? {} : { year: "numeric" };
    return `${moment.toLocaleDateString(languages, { day: "numeric", month: "short", ...year })} ${clock}`;
  };
  const show = element => {
    const moment = new Date(element.dateTime);
    if (element.dataset.shown === element.dateTime || Number.isNaN(moment.getTime())) return;
    element.dataset.shown = element.dateTime;
    element.title = `${moment.toISOString().slice(0, 16).replace("T", " ")} UTC`;
    element.lang = language;
    element.textContent = words(moment);
  };
  const look = () => document.querySelectorAll("time[datetime]").forEach(show);
  new MutationObserver(look).observe(document, { childList: true, subtree: true, attributeFilter: ["datetime"] });
  look();
})();
