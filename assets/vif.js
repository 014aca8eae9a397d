// What a browser does more when it runs scripts. Every page works without.
(() => {
  const all = (selector, act) => document.querySelectorAll(selector).forEach(act);

  // A form is sent once. It is free again when the page comes back, or when nothing came of it.
  const free = (form) => {
    delete form.dataset.parti;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  };
  addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.parti) return event.preventDefault();
    form.dataset.parti = "1";
    event.submitter?.setAttribute("aria-disabled", "true");
    setTimeout(free, 15000, form);
  });
  addEventListener("pageshow", () => all("form[data-parti]", free));

  // The price follows the answers.
  all("form[data-prix]", (form) => {
    let waiting, asking;
    const ask = async () => {
      asking?.abort();
      asking = new AbortController();
      const body = new URLSearchParams(new FormData(form));
      body.set("action", "recalculer");
      const headers = { accept: "text/html; partiel=prix" };
      const where = form.getAttribute("action") || location.pathname;
      try {
        const answer = await fetch(where, { method: "POST", body, headers, signal: asking.signal });
        if (!answer.ok || answer.redirected) return;
        form.querySelector("output").textContent = await answer.text();
      } catch {
        // The next answer asks again, and the button is there.
      }
    };
    const soon = () => {
      clearTimeout(waiting);
      waiting = setTimeout(ask, 500);
    };
    form.addEventListener("input", soon);
    form.addEventListener("change", soon);
  });

  // An IBAN in groups of four, as it is printed.
  all("#iban", (field) => {
    field.addEventListener("change", () => {
      field.value = field.value.replace(/\s/g, "").toUpperCase().replace(/(.{4})(?=.)/g, "$1 ");
    });
  });

  // The code of an SMS, offered by the telephone.
  all("[autocomplete=one-time-code]", (field) => {
    if (!("OTPCredential" in window)) return;
    const leaving = new AbortController();
    field.form?.addEventListener("submit", () => leaving.abort());
    navigator.credentials.get({ otp: { transport: ["sms"] }, signal: leaving.signal })
      .then((said) => { if (!field.value) field.value = said.code; }, () => {});
  });

  // Five minutes before the session ends.
  all("[data-fin]", (line) => {
    const tell = () => all("[data-alerte]", (box) => {
      box.textContent = box.dataset.alerte;
      box.className = "avis";
    });
    setTimeout(tell, Math.max(line.dataset.fin - 300, 0) * 1000);
  });

  // A page that waits for something is opened again, less and less often, until it waits no more.
  all("[data-attente]", () => {
    const place = `attente ${location.pathname}`;
    const looks = Number(sessionStorage.getItem(place)) || 0;
    if (looks >= 60) return;
    sessionStorage.setItem(place, String(looks + 1));
    setTimeout(() => location.reload(), Math.min(1500 + 250 * looks, 10000));
  });
})();
