// Runs before the first paint, so that nobody sees a flash of the other theme.
const root = document.documentElement;
root.classList.add("js");
const dark = matchMedia("(prefers-color-scheme: dark)");

function applyTheme() {
  const choice = root.dataset.themeChoice;
  root.dataset.bsTheme = choice === "dark" || (choice !== "light" && dark.matches) ? "dark" : "light";
}

applyTheme();
dark.addEventListener("change", applyTheme);
new MutationObserver(applyTheme).observe(root, { attributeFilter: ["data-theme-choice"] });
