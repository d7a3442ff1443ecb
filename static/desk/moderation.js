// "Reject" needs a reason: say so beside the menu, before the page is left.

document.addEventListener("click", (event) => {
  const needs = event.target.closest?.("button[data-needs]")?.dataset.needs;
  const reason = needs && document.getElementById(needs);
  if (!reason || reason.value) return;
  event.preventDefault();
  reason.setCustomValidity("Choose a reason, then reject.");
  reason.reportValidity();
  reason.addEventListener("change", () => reason.setCustomValidity(""), { once: true });
});
