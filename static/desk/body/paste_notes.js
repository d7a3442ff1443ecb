// Footnotes of Word, LibreOffice and Docs, as numbered notes at the end of what is pasted.

// Each program's marks in the text, and its notes. A mark's target names the note.
const MARKS = [
  'a[data-style*="mso-footnote-id"][href^="#_ftn"]',
  'a[data-style*="mso-endnote-id"][href^="#_edn"]',
  'a[href^="#_ftn"]:not([href^="#_ftnref"])',
  'a[href^="#_edn"]:not([href^="#_ednref"])',
  "a.sdfootnoteanc",
  "a.sdendnoteanc",
  'a[href^="#ftnt"]:not([href^="#ftnt_ref"])',
].join(", ");
const WAYS_BACK = 'a[href^="#_ftnref"], a[href^="#_ednref"], a.sdfootnotesym, a.sdendnotesym, a[href^="#ftnt_ref"], a[href$="anc"]';

export function liftNotes(body, notesFrom) {
  const notes = [];
  for (const mark of body.querySelectorAll(MARKS)) {
    if (mark.matches(WAYS_BACK)) continue;
    const note = noteOf(body, mark);
    if (!note) continue;
    const number = notesFrom + notes.length + 1;
    notes.push({ number, note });
    const reference = body.ownerDocument.createElement("sup");
    const link = body.ownerDocument.createElement("a");
    link.setAttribute("href", `#note-${number}`);
    link.id = `noteref-${number}`;
    link.textContent = String(number);
    reference.append(link);
    const around = mark.closest("sup");
    const outermost = around && around.textContent.trim() === mark.textContent.trim() ? around : mark;
    outermost.replaceWith(reference);
  }
  if (!notes.length) return;
  const list = body.ownerDocument.createElement("ol");
  list.className = "notes";
  for (const { number, note } of notes) list.append(itemOf(number, note));
  for (const { note } of notes) removeWithFrame(note, body);
  body.append(list);
}

function noteOf(body, mark) {
  const name = mark.getAttribute("href").slice(1);
  const target = body.ownerDocument.getElementById(name) ?? body.querySelector(`a[name="${CSS.escape(name)}"]`);
  if (!target) return null;
  return target.closest('[data-style*="mso-element:footnote"], [data-style*="mso-element:endnote"], [id^="sdfootnote"]:is(div), [id^="sdendnote"]:is(div)') ?? target.closest("div:not(:has(> hr)), p");
}

function itemOf(number, note) {
  const item = note.ownerDocument.createElement("li");
  item.id = `note-${number}`;
  for (const back of note.querySelectorAll(WAYS_BACK)) (back.closest("sup") ?? back).remove();
  const blocks = note.matches("p") ? [note] : [...note.querySelectorAll("p")];
  for (const block of blocks.length ? blocks : [note]) {
    const paragraph = note.ownerDocument.createElement("p");
    paragraph.append(...block.childNodes);
    item.append(paragraph);
  }
  return item;
}

function removeWithFrame(note, body) {
  const frame = note.parentElement;
  note.remove();
  if (frame && frame !== body && !frame.textContent.trim()) frame.remove();
}
