// The colour scheme: light, dark, or that of the system. Without this script the system decides.

const KEY = "theme";
const CHOICES = ["system", "light", "dark"];

function kept() {
  try {
    const theme = localStorage.getItem(KEY);
    return CHOICES.includes(theme) ? theme : "system";
  } catch {
    return "system"; // storage is switched off: nothing is kept, nothing breaks
  }
}

function keep(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Then the choice holds for this page only.
  }
}

function wear(theme) {
  document.documentElement.dataset.theme = theme;
}

function offer() {
  const form = document.querySelector(".theme");
  if (!form) return;
  form.theme.value = kept();
  form.addEventListener("change", () => {
    keep(form.theme.value);
    wear(form.theme.value);
  });
  form.hidden = false;
}

wear(kept());
if (document.readyState === "loading") {
  document.addEventListener("DOMContentLoaded", offer);
} else {
  offer();
}
