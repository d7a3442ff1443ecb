// Django's two lists of permissions name their search fields on an icon, where a name means
// nothing: screen readers get it from the field itself.

window.addEventListener("load", () => {
  for (const icon of document.querySelectorAll(".selector-filter .search-label-icon[aria-label]")) {
    const field = icon.closest(".selector-filter").querySelector("input");
    field?.setAttribute("aria-label", icon.getAttribute("aria-label"));
    icon.removeAttribute("aria-label");
    icon.setAttribute("aria-hidden", "true");
  }
});
