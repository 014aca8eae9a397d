// Waits beside a page that is waiting for something: opens it again until it waits no more, less and less
// often. Without it, the button does the same. A policy without connections needs no exception for this.
(() => {
  if (!document.querySelector("[data-attente]")) return;
  const place = `attente ${location.pathname}`;
  const looks = Number(sessionStorage.getItem(place)) || 0;
  if (looks >= 60) return;
  sessionStorage.setItem(place, String(looks + 1));
  setTimeout(() => location.reload(), Math.min(1500 + 250 * looks, 10000));
})();
