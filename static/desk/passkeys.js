// Signs in, confirms and adds by passkey. Everything here can also be done without: by
// password, code and recovery code.
//
// The server makes each challenge and verifies each answer; see newsroom/accounts/passkeys.py.

import { gettext } from "../js/texts.js";

const CHALLENGE_LASTS = 9 * 60_000; // milliseconds; the server waits a minute longer

const area = document.querySelector("[data-passkey]");
const button = area.querySelector(".passkey__button");
const said = area.querySelector(".passkey__said");
const job = area.dataset.passkey;

// The request that waits until a passkey is chosen from the list under the name field.
let waiting = null;

const fromText = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const withBytes = (descriptors) => descriptors?.map((one) => ({ ...one, id: fromText(one.id) }));

function say(sentence, isProblem = false) {
  said.textContent = sentence;
  said.classList.toggle("passkey__said--problem", isProblem);
}

async function post(address, fields) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  let response;
  try {
    response = await fetch(address, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams({ ...fields, csrfmiddlewaretoken: token }),
    });
  } catch {
    throw new Error(gettext("The server cannot be reached. Try again when you are back online."));
  }
  let answer;
  try {
    answer = await response.json();
  } catch {
    throw new Error(gettext("The server refused this. Reload the page and try again."));
  }
  if (!response.ok) throw new Error(answer.problem);
  return answer;
}

const step = job === "second" ? { step: "second" } : {};

async function sign({ mediation, signal } = {}) {
  const { publicKey } = await post(area.dataset.options, step);
  const credential = await navigator.credentials.get({
    mediation,
    signal,
    publicKey: {
      ...publicKey,
      challenge: fromText(publicKey.challenge),
      allowCredentials: withBytes(publicKey.allowCredentials) ?? [],
    },
  });
  const { response } = credential;
  return {
    clientDataJSON: toText(response.clientDataJSON),
    authenticatorData: toText(response.authenticatorData),
    signature: toText(response.signature),
    userHandle: response.userHandle && toText(response.userHandle),
    id: credential.rawId,
  };
}

async function make() {
  const { publicKey } = await post(area.dataset.options, {});
  const credential = await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: fromText(publicKey.challenge),
      user: { ...publicKey.user, id: fromText(publicKey.user.id) },
      excludeCredentials: withBytes(publicKey.excludeCredentials) ?? [],
    },
  });
  const { response } = credential;
  return {
    clientDataJSON: toText(response.clientDataJSON),
    attestationObject: toText(response.attestationObject),
    transports: response.getTransports?.() ?? [],
    id: credential.rawId,
  };
}

const credentialOf = ({ id, ...response }) =>
  JSON.stringify({ id: toText(id), rawId: toText(id), type: "public-key", response });

async function answer(response) {
  const fields = { ...step, credential: credentialOf(response) };
  const next = document.querySelector("#login-form [name=next]");
  if (next) fields.next = next.value;
  if (job === "register") fields.name = document.querySelector("[data-register] [name=name]").value;
  const { next: address } = await post(area.dataset.answer, fields);
  if (job === "confirm") {
    document.querySelector("form[data-confirm]").submit();
  } else {
    location.assign(address);
  }
}

function inWords(error) {
  if (error.name === "NotAllowedError") return gettext("No passkey was used: the request was cancelled or took too long.");
  if (error.name === "InvalidStateError") return gettext("This device already has a passkey for your account.");
  if (error.name === "SecurityError") return gettext("Passkeys work only at {address}.", {
    address: area.dataset.ownAddress || location.origin,
  });
  return error.message;
}

async function onPress() {
  waiting?.abort();
  button.disabled = true;
  say(gettext("Follow the instructions of your browser …"));
  try {
    await answer(job === "register" ? await make() : await sign());
    say("");
  } catch (error) {
    say(inWords(error), true);
    if (job === "sign-in") offerWhereTheNameIsTyped();
  } finally {
    button.disabled = false;
  }
}

// Browsers offer passkeys in the list under the name field, until another way is chosen.
async function offerWhereTheNameIsTyped() {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  for (;;) {
    waiting = new AbortController();
    const renewal = setTimeout(() => waiting.abort("renew"), CHALLENGE_LASTS);
    try {
      const response = await sign({ mediation: "conditional", signal: waiting.signal });
      // Too late to abort: a press now would sign in a second time.
      button.disabled = true;
      await answer(response);
      return;
    } catch (error) {
      button.disabled = false;
      if (waiting.signal.aborted && waiting.signal.reason === "renew") continue;
      if (!waiting.signal.aborted && error.name !== "NotAllowedError") say(inWords(error), true);
      return;
    } finally {
      clearTimeout(renewal);
    }
  }
}

if (window.PublicKeyCredential) {
  area.hidden = false;
  button.addEventListener("click", onPress);
  if (job === "sign-in") offerWhereTheNameIsTyped();
}
if (job === "register") {
  document.querySelector("form[data-register]").addEventListener("submit", (event) => {
    event.preventDefault();
    if (!button.disabled && !area.hidden) onPress();
  });
}
