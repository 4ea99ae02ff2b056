(() => {
  const root = document.documentElement;
  const button = document.getElementById("theme");
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;
  const dark = () => (chosen === null ? system.matches : chosen);
  const show = () => {
    if (chosen !== null) root.dataset.theme = chosen ? "dark" : "light";
    button.setAttribute("aria-checked", String(dark()));
  };
  button.hidden = false;
  button.addEventListener("click", () => { chosen = !dark(); show(); });
  system.addEventListener("change", show);
  show();
  const folded = document.querySelectorAll("details");
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...folded].filter((one) => one.dataset.print === "open" && !one.open);
    opened.forEach((one) => { one.open = true; });
  });
  window.addEventListener("afterprint", () => opened.forEach((one) => { one.open = false; }));
})();
