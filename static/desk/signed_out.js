// On the page that says one is signed out: what this browser kept of unsaved articles, drafts of
// comments and private links goes, also where the browser does not know Clear-Site-Data.

for (const storage of ["localStorage", "sessionStorage"]) {
  try {
    window[storage].clear();
  } catch {
    // Storage is switched off: nothing was kept.
  }
}
