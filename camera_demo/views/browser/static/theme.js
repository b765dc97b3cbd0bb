// Light or dark: as the device has it, or as the visitor chose. No module, so that it
// runs before anything is painted.
(() => {
  const KEY = "edge-digits-theme";
  const device = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;

  function remembered() {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // a browser that keeps nothing
    }
  }

  function remember(theme) {
    try {
      // What is as the device has it follows the device from then on.
      if (theme === devices()) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, theme);
    } catch {
      // It lasts as long as the page.
    }
  }

  const devices = () => (device.matches ? "dark" : "light");
  const other = () => (root.dataset.theme === "dark" ? "light" : "dark");

  function apply(theme) {
    root.dataset.theme = theme === "dark" || theme === "light" ? theme : devices();
    const button = document.getElementById("theme");
    if (button) button.title = button.ariaLabel = `Change to the ${other()} theme`;
    document.dispatchEvent(new Event("themechange"));
  }

  apply(remembered());
  device.addEventListener("change", () => apply(remembered()));
  window.addEventListener("storage", (event) => {
    if (event.key === KEY) apply(event.newValue); // chosen in another tab
  });
  document.addEventListener("DOMContentLoaded", () => {
    apply(root.dataset.theme);
    document.getElementById("theme").addEventListener("click", () => {
      const wanted = other();
      remember(wanted);
      apply(wanted);
    });
  });
})();
