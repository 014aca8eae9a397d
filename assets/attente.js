// Waits beside a page that is waiting for something: asks for the page again until it waits no more,
// then opens it. Without it, the button does the same.
(() => {
  const waiting = () => document.querySelector("[data-attente]");
  if (!waiting()) return;
  const pause = () => new Promise((done) => setTimeout(done, 1500));
  (async () => {
    for (let looks = 0; looks < 40; looks += 1) {
      await pause();
      try {
        const answer = await fetch(location.href, { credentials: "same-origin" });
        if (!(await answer.text()).includes("data-attente")) return location.reload();
      } catch {
        // The network is away: the next look may find it back.
      }
    }
  })();
})();
