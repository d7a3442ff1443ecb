// What the styles of pasted HTML say: bold, italic, struck out, raised, lowered. Nothing else of them is kept.

// The simple rules of the style sheets (`p.p1`, `.s2`, `span.s1`), which Apple's programs use.
export function stylesheetsOf(html) {
  const rules = new Map();
  for (const [, sheet] of html.matchAll(/<style\b[^>]*>([\s\S]*?)<\/style>/gi)) {
    const text = sheet.replace(/<!--|-->|\/\*[\s\S]*?\*\//g, "");
    for (const [, selectors, declarations] of text.matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
      for (const selector of selectors.split(",").map((one) => one.trim())) {
        if (/^[a-z0-9]*\.[\w-]+$/i.test(selector)) rules.set(selector.toLowerCase(), `${rules.get(selector.toLowerCase()) ?? ""};${declarations}`);
      }
    }
  }
  return rules;
}

function declarationsOf(element, rules) {
  const found = [];
  if (rules.size) {
    for (const name of element.classList) {
      const lower = name.toLowerCase();
      found.push(rules.get(`.${lower}`) ?? "", rules.get(`${element.localName}.${lower}`) ?? "");
    }
  }
  found.push(element.dataset.style ?? "");
  const declarations = {};
  for (const declaration of found.join(";").split(";")) {
    const colon = declaration.indexOf(":");
    if (colon > 0) declarations[declaration.slice(0, colon).trim().toLowerCase()] = declaration.slice(colon + 1).trim().toLowerCase();
  }
  return declarations;
}

// `bold` and `italic` are true, false or undefined; the others are true where the style says so.
export function styleOf(element, rules) {
  const css = declarationsOf(element, rules);
  const look = { display: css.display ?? css["mso-hide"]?.replace("all", "none") };
  const font = css.font ?? "";
  const weight = css["font-weight"] ?? /\b(bold|[1-9]00)\b/.exec(font)?.[1];
  if (weight) look.bold = weight === "bold" || weight === "bolder" || Number(weight) >= 600;
  else if (/-bold|\bbold\b/.test(css["font-family"] ?? font)) look.bold = true;
  const slant = css["font-style"] ?? /\b(italic|oblique)\b/.exec(font)?.[1];
  if (slant) look.italic = slant === "italic" || slant === "oblique";
  const line = `${css["text-decoration"] ?? ""} ${css["text-decoration-line"] ?? ""} ${css["text-line-through"] ?? ""}`;
  if (/line-through|\bsingle\b/.test(line)) look.strike = true;
  const vertical = css["vertical-align"];
  if (vertical === "super" || /^super/.test(css["text-position"] ?? "")) look.raised = true;
  if (vertical === "sub" || /^sub/.test(css["text-position"] ?? "")) look.lowered = true;
  if (vertical === "baseline") look.baseline = true;
  return look;
}
