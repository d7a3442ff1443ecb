// On the page after signing out: deletes unsaved articles, drafts of comments and private links from
// this browser, also if the browser does not support Clear-Site-Data.

for (const storage of ["localStorage", "sessionStorage"]) {
  try {
    window[storage].clear();
  } catch {
    // Storage is switched off: nothing was kept.
  }
}
